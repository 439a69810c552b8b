import { eligibleVersions, unlabelledToTry } from '../../../lambda/core/candidates';
import type { ConnectionConfig } from '../../../lambda/core/connection';
import type { ListedVersion } from '../../../lambda/core/facts';
import { mostUnlabelledVersionsTried } from '../../../lambda/core/limits';
import { Redacted } from '../../../lambda/core/redacted';
import { parseStoredTokens, type StoredVersion } from '../../../lambda/core/tokenSet';
import { StoreFailure } from '../../../lambda/effects/storeFailure';
import type { LastError } from '../../connection/lastErrors';
import type { Escrow } from '../../connection/parameters';
import { attempt, mapConcurrent, type Unread } from '../../connection/reading';
import { nothingStored, secretName } from '../../connection/secret';
import type { Context } from '../../context';
import { isNotFound } from '../../failures/awsFailure';
import { OpsError } from '../../failures/opsError';
import { decryptConfigured, requiredKeeper } from '../chosenConnections';

/** A version of the secret, read as far as it can be. */
export interface FoundVersion extends Omit<StoredVersion, 'tokens'> {
  /** Undefined if the text cannot be understood. */
  readonly tokens: StoredVersion['tokens'] | undefined;
  /** Whether a recovery by the function looks into it: nothing older than what a person has begun. */
  readonly isTried: boolean;
}

export type ClientSecretVerdict = 'accepted' | 'refused' | 'not asked';

/** All that bears on why a connection is not kept fresh. */
export interface ChainFacts {
  readonly connection: string;
  readonly nowMs: number;
  readonly secretId: string;
  readonly config: ConnectionConfig;
  readonly secret: 'there' | 'missing' | 'deleted';
  /** AWSCURRENT first, then the newest. */
  readonly versions: readonly FoundVersion[];
  readonly escrow: Escrow;
  readonly clientSecrets: readonly {
    readonly parameter: string;
    readonly verdict: ClientSecretVerdict;
  }[];
  /** Fingerprints of refresh tokens that the function saw refused, as far back as the log is read. */
  readonly refused: ReadonlySet<string>;
  /** What has come of a forced rotation just now, which asks about refused tokens again. */
  readonly askedAgain: 'not yet' | 'refused' | 'unanswered';
  readonly lastError: LastError | undefined;
  /** What could not be read. */
  readonly unknown: readonly { readonly what: string; readonly why: Unread['why'] }[];
}

export const isCurrent = ({ stages }: Pick<FoundVersion, 'stages'>) =>
  stages.includes('AWSCURRENT');

/** As the function reads it, what cannot be understood as nothing. */
export const storedVersion = ({ tokens, ...version }: FoundVersion): StoredVersion => ({
  ...version,
  tokens: tokens ?? { kind: 'notSeeded' },
});

/** Versions without a label that are looked into and shown; Secrets Manager keeps about 100. */
const mostUnlabelled = mostUnlabelledVersionsTried;
const width = 5;

/**
 * Reads all that bears on a connection's chain. Marketing Cloud is not asked.
 *
 * @throws OpsError, StoreFailure, RotationError
 */
export async function readChainFacts(context: Context, connection: string): Promise<ChainFacts> {
  const secretId = secretName(context, connection);
  const parameters = await decryptConfigured(context, connection);
  const [versions, log] = await Promise.all([
    readVersions(context, secretId),
    readLog(context, connection),
  ]);
  const { names, clientSecret, stagedClientSecret: staged } = parameters;
  const parameter = (name: string) => ({ parameter: name, verdict: 'not asked' }) as const;
  return {
    connection,
    nowMs: context.clock.now(),
    secretId,
    config: parameters.config,
    secret: typeof versions === 'string' ? versions : 'there',
    versions: typeof versions === 'string' ? [] : versions,
    escrow: parameters.escrow,
    clientSecrets: [
      ...(clientSecret ? [parameter(names.clientSecret)] : []),
      ...(staged && !clientSecret?.equals(staged) ? [parameter(names.stagedClientSecret)] : []),
    ],
    askedAgain: 'not yet',
    ...log,
  };
}

async function readVersions(
  { secretStore }: Context,
  secretId: string,
): Promise<FoundVersion[] | 'missing' | 'deleted'> {
  try {
    const listed = await secretStore.listVersions(secretId);
    const read = await mapConcurrent(inOrder(listed), width, readOne);
    return withTried(
      read.filter((version) => version !== undefined),
      listed,
    );
  } catch (thrown) {
    const kind = thrown instanceof StoreFailure ? thrown.kind : undefined;
    if (kind === 'missing' || kind === 'deleted') return kind;
    throw thrown;
  }

  /** Undefined if it is gone meanwhile, or holds no value yet. */
  async function readOne(
    version: ListedVersion & { readonly isTried: boolean },
  ): Promise<FoundVersion | undefined> {
    try {
      const { text } = await secretStore.readVersion(secretId, version.versionId);
      const tokens = parseStoredTokens(text);
      return {
        ...version,
        tokens: tokens.ok ? tokens.value : undefined,
        text: new Redacted(text),
      };
    } catch (thrown) {
      if (thrown instanceof StoreFailure && thrown.kind === 'missing') return undefined;
      throw thrown;
    }
  }
}

/** The function tries nothing that is older than a chain which a person began, nor what came of that. */
function withTried(
  found: readonly FoundVersion[],
  listed: readonly ListedVersion[],
): FoundVersion[] {
  const stored = found.map(storedVersion);
  const current = stored.find(isCurrent) ?? nothingStored;
  const otherVersions = stored.filter((version) => !isCurrent(version));
  const eligible = new Set(
    eligibleVersions({ current, listed, listFailed: false, otherVersions }).map(
      ({ versionId }) => versionId,
    ),
  );
  return found.map((version) => ({
    ...version,
    isTried: isCurrent(version) || (version.isTried && eligible.has(version.versionId)),
  }));
}

function inOrder(listed: readonly ListedVersion[]) {
  const newestFirst = [...listed].sort((a, b) => b.createdAtMs - a.createdAtMs);
  const labelled = newestFirst.filter(({ stages }) => stages.length > 0);
  const unlabelled = newestFirst.filter(({ stages }) => stages.length === 0);
  const tried = new Set(unlabelledToTry(newestFirst));
  return [
    ...labelled.filter(isCurrent).map((version) => ({ ...version, isTried: true })),
    ...labelled
      .filter((version) => !isCurrent(version))
      .map((version) => ({ ...version, isTried: true })),
    ...unlabelled
      .slice(0, mostUnlabelled)
      .map((version) => ({ ...version, isTried: tried.has(version) })),
  ];
}

async function readLog(
  context: Context,
  connection: string,
): Promise<Pick<ChainFacts, 'lastError' | 'refused' | 'unknown'>> {
  const read = await attempt('logs:FilterLogEvents', async () => {
    const { arn, isFleet } = await requiredKeeper(context, connection);
    const logGroup = await context.region.logGroup(arn);
    return context.region.lastErrors(logGroup, isFleet, connection).value();
  }).catch((thrown: unknown) => {
    if (thrown instanceof OpsError) return { known: false, why: thrown.message } as const;
    // The log group is made by the function's first invocation.
    if (isNotFound(thrown)) return { known: false, why: 'The function has no log yet.' } as const;
    throw thrown;
  });
  if (!read.known) {
    const unknown = [{ what: 'the latest errors', why: read.why }];
    return { lastError: undefined, refused: new Set(), unknown };
  }
  const lastError = read.value.get(connection);
  return { lastError, refused: lastError?.refusedTokens ?? new Set(), unknown: [] };
}
