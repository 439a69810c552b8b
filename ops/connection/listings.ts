import { ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { BatchGetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { parameterNames, scheduleName } from '../../lambda/core/names';
import type { AwsAccess } from '../awsAccess';
import type { Listed } from './connectionReader';
import { isScheduleNameCut, type ScheduleSummary } from './keeper';
import { CallPace } from './pace';
import type { PresentParameters } from './parameters';
import { attempt, chunksOf, type Reading } from './reading';
import type { RegisteredConnection } from './registry';
import {
  type RotationConfiguration,
  rotationOf,
  type StoredToken,
  secretName,
  storedToken,
} from './secret';

/** As many secrets as BatchGetSecretValue takes. */
export const batchSize = 20;
/** As many names as GetParameters takes. */
const mostNames = 10;
/**
 * Half of what AWS allows by default (Secrets Manager user guide, "AWS Secrets Manager quotas":
 * BatchGetSecretValue and ListSecrets 100 a second each).
 */
const secretsPerSecond = 50;
/** Half of what the rotator shares as well: see registry.ts. */
const parametersPerSecond = 20;
const schedulesPerSecond = 20;

/** The rotator reads a config at most so long before it issues a token set by it. */
const usedWithinMs = 120_000;

/** What is known of a connection before it is looked at. */
export interface ListedConnection {
  readonly name: string;
  /** The config's text is left out if the rotator has used it as it is. */
  readonly parameters?: PresentParameters & { readonly config?: string | undefined };
  readonly listed?: Listed;
}

/**
 * Reads many connections by fewer calls than there are connections. What may not be
 * listed, or a listing does not have, is left out: it is to be asked for connection by connection.
 */
export class Listings {
  readonly #access: AwsAccess;
  readonly #hasFleet: boolean;
  readonly #batches: CallPace;
  readonly #configs: CallPace;
  #rotations: ReadonlyMap<string, RotationConfiguration> | undefined;
  #schedules: ReadonlyMap<string, ScheduleSummary> | undefined;
  #isBatchDenied = false;

  private constructor(access: AwsAccess, hasFleet: boolean) {
    this.#access = access;
    this.#hasFleet = hasFleet;
    this.#batches = new CallPace(access.clock, secretsPerSecond, secretsPerSecond);
    this.#configs = new CallPace(access.clock, parametersPerSecond, parametersPerSecond);
  }

  /** @param hasFleet of a fleet's connections it is clear that they have no schedule */
  static async read(access: AwsAccess, hasFleet: boolean): Promise<Listings> {
    const listings = new Listings(access, hasFleet);
    [listings.#rotations, listings.#schedules] = await Promise.all([
      attempt('secretsmanager:ListSecrets', () => listRotations(access)).then(ifKnown),
      attempt('scheduler:ListSchedules', () => listSchedules(access)).then(ifKnown),
    ]);
    return listings;
  }

  /** @param connections at most {@link batchSize} */
  async read(connections: readonly RegisteredConnection[]): Promise<readonly ListedConnection[]> {
    const tokens = await this.#readTokens(connections.map(({ name }) => name));
    const toRead = connections.filter(
      ({ name, parameters }) => !isConfigUsed(parameters, tokens.get(name)),
    );
    const configs = await this.#readConfigs(toRead.map(({ name }) => name));
    const unread = new Set(toRead.map(({ name }) => name).filter((name) => !configs.has(name)));
    return connections.map(({ name, parameters }) => ({
      name,
      listed: this.#listedOf(name, tokens.get(name)),
      ...(unread.has(name)
        ? {}
        : { parameters: { ...parameters, config: configs.get(name) ?? parameters.config } }),
    }));
  }

  #listedOf(name: string, token: StoredToken | undefined): Listed {
    const rotation = this.#rotations?.get(secretName(this.#access, name));
    const found = this.#schedules?.get(scheduleName(name));
    const isMissing = this.#schedules !== undefined && found === undefined && this.#hasFleet;
    const isClear = isMissing || (found !== undefined && !isScheduleNameCut(name));
    return {
      ...(token ? { token } : {}),
      ...(rotation ? { rotation } : {}),
      ...(isClear ? { schedule: { found } } : {}),
    };
  }

  async #readTokens(names: readonly string[]): Promise<ReadonlyMap<string, StoredToken>> {
    if (this.#isBatchDenied) return new Map();
    const { aws } = this.#access;
    const nameOf = new Map(names.map((name) => [secretName(this.#access, name), name]));
    const reading = await attempt('secretsmanager:BatchGetSecretValue', () =>
      this.#batches.ask(() =>
        aws.secretsManager.send(
          new BatchGetSecretValueCommand({ SecretIdList: [...nameOf.keys()] }),
        ),
      ),
    );
    this.#isBatchDenied ||= !reading.known && reading.denied;
    const { SecretValues = [] } = ifKnown(reading) ?? {};
    return new Map(
      SecretValues.flatMap(({ Name = '', VersionId, VersionStages, CreatedDate, SecretString }) => {
        const name = nameOf.get(Name);
        if (name === undefined) return [];
        const text = {
          versionId: VersionId ?? '',
          stages: VersionStages ?? [],
          createdAtMs: CreatedDate?.getTime() ?? 0,
          text: SecretString ?? '',
        };
        return [[name, storedToken(text)] as const];
      }),
    );
  }

  async #readConfigs(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { aws, settings } = this.#access;
    const found = new Map<string, string>();
    for (const some of chunksOf(names, mostNames)) {
      const nameOf = new Map(
        some.map((name) => [parameterNames(name, settings.parameterPrefix).config, name]),
      );
      const request = { Names: [...nameOf.keys()], WithDecryption: false };
      const reading = await attempt('ssm:GetParameters', () =>
        this.#configs.ask(() => aws.ssm.send(new GetParametersCommand(request))),
      );
      const { Parameters = [] } = ifKnown(reading) ?? {};
      for (const { Name = '', Value } of Parameters) {
        const name = nameOf.get(Name);
        if (name !== undefined && Value !== undefined) found.set(name, Value);
      }
    }
    return found;
  }
}

/** A config that has issued a token set is valid, unless it was changed since. */
function isConfigUsed(
  { config, configChangedAtMs }: RegisteredConnection['parameters'],
  token: StoredToken | undefined,
): boolean {
  if (config !== undefined || configChangedAtMs === undefined) return true;
  const tokens = token?.kind === 'stored' ? token.version.tokens : undefined;
  return tokens?.kind === 'issued' && tokens.tokenSet.issuedAtMs - usedWithinMs > configChangedAtMs;
}

const ifKnown = <T>(reading: Reading<T>): T | undefined =>
  reading.known ? reading.value : undefined;

/**
 * By the names of secrets. What was made or changed in the last five minutes may be missing (API
 * reference, ListSecrets).
 */
async function listRotations(
  access: AwsAccess,
): Promise<ReadonlyMap<string, RotationConfiguration>> {
  const { aws, clock, settings } = access;
  const pace = new CallPace(clock, secretsPerSecond, secretsPerSecond);
  const pages = pace.pages((NextToken) =>
    aws.secretsManager.send(
      new ListSecretsCommand({
        Filters: [{ Key: 'name', Values: [settings.secretPrefix] }],
        IncludePlannedDeletion: true,
        MaxResults: 100,
        NextToken,
      }),
    ),
  );
  const rotations = new Map<string, RotationConfiguration>();
  // As a rule all are alike: one object for all of them.
  const alike = new Map<string, RotationConfiguration>();
  for await (const { SecretList = [] } of pages) {
    for (const { Name = '', ...secret } of SecretList) {
      const rotation = rotationOf(secret);
      const key = `${rotation.functionArn} ${rotation.isRotationOff}`;
      const known = alike.get(key) ?? rotation;
      alike.set(key, known);
      rotations.set(Name, known);
    }
  }
  return rotations;
}

/** By their names. */
async function listSchedules({
  aws,
  clock,
}: AwsAccess): Promise<ReadonlyMap<string, ScheduleSummary>> {
  const pages = new CallPace(clock, schedulesPerSecond, schedulesPerSecond).pages((NextToken) =>
    aws.scheduler.send(
      new ListSchedulesCommand({
        GroupName: 'default',
        NamePrefix: scheduleName(''),
        MaxResults: 100,
        NextToken,
      }),
    ),
  );
  const schedules = new Map<string, ScheduleSummary>();
  for await (const { Schedules = [] } of pages) {
    for (const { Name = '', State, Target } of Schedules) {
      schedules.set(Name, { isEnabled: State === 'ENABLED', targetArn: Target?.Arn ?? '' });
    }
  }
  return schedules;
}
