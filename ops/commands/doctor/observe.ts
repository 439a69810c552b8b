import type { ListedVersion } from '../../../lambda/core/facts';
import type { HttpAnswer } from '../../../lambda/core/providerAnswer';
import { memoize } from '../../connection/concurrency';
import type { ConnectionReader, RegionReader } from '../../connection/connectionReader';
import { defaultSecretKey, type Key } from '../../connection/keys';
import type { LastError } from '../../connection/lastErrors';
import type { StoredParameters } from '../../connection/parameters';
import { readPermissions, type SimulatedPermission } from '../../connection/permissions';
import { attempt, known, type Reading } from '../../connection/reading';
import { type FoundConnection, readConfig } from '../../connection/registry';
import type { RotatorFunction } from '../../connection/rotatorFunction';
import type { StoredSchedule } from '../../connection/schedule';
import type { SecretDescription, StoredToken } from '../../connection/secret';
import type { Context } from '../../context';
import { type HostAnswer, reachHost, restBaseUrlOf, tryToken } from './hosts';
import { readFingerprints } from './twins';

/** Undefined stands for what was not looked at, since what it takes is missing. */
export interface Observed {
  readonly name: string;
  readonly nowMs: number;
  readonly parameters: Reading<StoredParameters>;
  /** The config's text understood, or what is wrong with it. */
  readonly config: Pick<FoundConnection, 'config' | 'problem'> | undefined;
  readonly secret: Reading<SecretDescription | undefined>;
  readonly token: Reading<StoredToken>;
  readonly versions: Reading<readonly ListedVersion[]>;
  /** Of the refresh tokens in the versions that have a label. */
  readonly fingerprints: Reading<ReadonlySet<string>>;
  readonly secretKey: Reading<Key> | undefined;
  readonly clientSecretKey: Reading<Key> | undefined;
  readonly schedule: Reading<StoredSchedule | undefined>;
  /** Whether the fleet's rotator keeps it. */
  readonly isFleet: boolean;
  /** The function that is to keep it. */
  readonly functionArn: string | undefined;
  /** The queue of its stack. */
  readonly queueArn: string | undefined;
  readonly rotator: Reading<RotatorFunction | undefined> | undefined;
  readonly permissions: Reading<readonly SimulatedPermission[]> | undefined;
  readonly lastError: Reading<LastError | undefined> | undefined;
  readonly authHost: HostAnswer | undefined;
  readonly restHost: HostAnswer | undefined;
  /** What the REST host says to the access token. */
  readonly tokenContext: HttpAnswer | undefined;
}

/** Looks at connections. What they have in common is read once. */
export function connectionObserver(context: Context): (name: string) => Promise<Observed> {
  const { region } = context;
  const hostOf = memoize(reachHost);

  return async (name) => {
    const reader = region.connection(name);
    const stored = await readStores(context, reader);
    const { parameters, secret, clientSecretKeyId } = stored;
    const text = parameters.known ? parameters.value.config : undefined;
    const config = text === undefined ? undefined : readConfig(context.settings, name, text);
    const authBaseUrl = config?.config?.authBaseUrl;
    const restBaseUrl = restBaseUrlOf(context, authBaseUrl, stored.token);
    const description = secret.known ? secret.value : undefined;
    const keeper = await reader.probableKeeper();
    const isFleet = keeper?.isFleet === true;

    const [secretKey, clientSecretKey, rotator] = await Promise.all([
      secret.known
        ? description && region.key(description.kmsKeyId ?? defaultSecretKey).reading()
        : secret,
      clientSecretKeyId.known
        ? clientSecretKeyId.value && region.key(clientSecretKeyId.value).reading()
        : clientSecretKeyId,
      keeper && region.rotator(keeper.arn).reading(),
    ]);
    const found = rotator?.known ? rotator.value : undefined;
    const queueArn = isFleet ? await fleetQueueArn(region) : keeper?.queueArn;
    const keys = { secretKey, clientSecretKey: clientSecretKey || undefined };
    const [permissions, lastError, authHost, restHost, tokenContext] = await Promise.all([
      found &&
        description &&
        readPermissions(context, name, {
          rotator: found,
          secretArn: description.arn,
          keys,
          queueArn,
        }),
      found && readLastError(region, found, isFleet, name),
      authBaseUrl === undefined ? undefined : hostOf(authBaseUrl),
      restBaseUrl === undefined ? undefined : hostOf(restBaseUrl),
      restBaseUrl === undefined ? undefined : tryToken(context, restBaseUrl, stored.token),
    ]);
    const nowMs = context.clock.now();
    const asked = { permissions, lastError, authHost, restHost, tokenContext };
    const by = { isFleet, functionArn: keeper?.arn, queueArn: keeper?.queueArn };
    return { name, nowMs, ...stored, config, ...keys, ...by, rotator, ...asked };
  };
}

async function readStores(context: Context, reader: ConnectionReader) {
  const [parameters, clientSecretKeyId, secret, token, versions, schedule] = await Promise.all([
    reader.parameters.reading(),
    reader.clientSecretKeyId.reading(),
    reader.secret.reading(),
    reader.token.reading(),
    reader.versions.reading(),
    reader.schedule.reading(),
  ]);
  const fingerprints = versions.known
    ? await attempt('secretsmanager:GetSecretValue', () =>
        readFingerprints(context, reader.name, versions.value),
      )
    : versions;
  return { parameters, clientSecretKeyId, secret, token, versions, fingerprints, schedule };
}

async function readLastError(
  region: RegionReader,
  { logGroup }: RotatorFunction,
  isFleet: boolean,
  name: string,
): Promise<Reading<LastError | undefined>> {
  const errors = await region.lastErrors(logGroup, isFleet, name).reading();
  return errors.known ? known(errors.value.get(name)) : errors;
}

/** By its URL, which ends in account and name. */
async function fleetQueueArn({ fleet }: RegionReader): Promise<string | undefined> {
  const reading = await fleet.reading();
  if (!reading.known || reading.value === undefined) return undefined;
  const { queueUrl, rotatorArn } = reading.value;
  const [account, queue] = queueUrl.split('/').slice(-2);
  const [, partition, , region] = rotatorArn.split(':');
  return `arn:${partition}:sqs:${region}:${account}:${queue}`;
}
