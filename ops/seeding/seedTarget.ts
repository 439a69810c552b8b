import { refreshTokenOf, type StoredTokens } from '../../lambda/core/tokenSet';
import { StoreFailure } from '../../lambda/effects/storeFailure';
import { readOtherVersions } from '../../lambda/rotator/observe';
import type { Run } from '../../lambda/rotator/run';
import type { Context } from '../context';
import { type DecryptedParameters, decryptParameters } from '../decryptedParameters';
import { describeSecret } from '../observing/secret';
import { readToken, type StoredToken, secretName } from '../observing/token';
import { operatorRun } from '../operatorRun';
import { OpsError } from '../opsError';
import { isoTime } from '../times';

/** A refresh token that a seeding would put out of use. */
export interface StoredChain {
  /** What holds it, by name. */
  readonly where: string;
  /** Until when its access token is valid, where it has one. */
  readonly expiresAtMs?: number;
}

/** What is there of a connection before it is seeded. */
export interface SeedTarget {
  readonly connection: string;
  readonly parameters: DecryptedParameters;
  readonly secretId: string;
  readonly secretExists: boolean;
  /**
   * Why the secret could not be read, of a connection without a config. It counts as missing until it
   * is made: under a policy by names, IAM denies a secret that is missing too.
   */
  readonly denial: StoreFailure | undefined;
  readonly chain: StoredChain | undefined;
  /** What AWSCURRENT holds, for the addresses beside the tokens. */
  readonly tokens: StoredTokens;
}

/** @throws StoreFailure, RotationError, OpsError `refused` for a secret that is marked for deletion */
export async function readSeedTarget(context: Context, connection: string): Promise<SeedTarget> {
  const secretId = secretName(context, connection);
  const [parameters, read] = await Promise.all([
    decryptParameters(context, connection),
    readUnmarked(context, connection, secretId),
  ]);
  const { escrow, names } = parameters;
  const denial = read instanceof StoreFailure ? read : undefined;
  if (denial && parameters.config) throw denial;
  const current = read instanceof StoreFailure ? ({ kind: 'noSecret' } as const) : read;
  const target = {
    connection,
    parameters,
    secretId,
    secretExists: current.kind !== 'noSecret',
    denial,
    tokens: current.kind === 'stored' ? current.version.tokens : ({ kind: 'notSeeded' } as const),
  };
  return {
    ...target,
    chain:
      chainInSecret(secretId, current) ??
      (escrow === undefined ? undefined : inEscrow(names.escrow, escrow)) ??
      (current.kind === 'stored'
        ? await chainInOtherVersion(operatorRun(context, connection), secretId, current.version)
        : undefined),
  };
}

/** One that is marked for deletion cannot be read, nor can another be made in its place. */
async function readUnmarked(
  context: Context,
  connection: string,
  secretId: string,
): Promise<StoredToken | StoreFailure> {
  try {
    return await readToken(context, connection);
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure)) throw thrown;
    if (thrown.kind === 'denied') return thrown;
    if (thrown.kind !== 'notRetryable') throw thrown;
    const deletionAtMs = (await describeSecret(context, connection))?.deletionAtMs;
    if (deletionAtMs === undefined) throw thrown;
    throw new OpsError(
      'refused',
      `The secret ${secretId} is marked for deletion at ${isoTime(deletionAtMs)}. Restore it, then ` +
        `run the same command again: aws secretsmanager restore-secret --secret-id ${secretId}`,
    );
  }
}

function chainInSecret(secretId: string, current: StoredToken): StoredChain | undefined {
  if (current.kind === 'malformed') {
    return { where: `the secret ${secretId}, which ${current.problem}` };
  }
  if (current.kind === 'noSecret') return undefined;
  const { tokens } = current.version;
  if (tokens.kind === 'notSeeded') return undefined;
  const where = `the secret ${secretId}`;
  return tokens.kind === 'seeded' ? { where } : { where, expiresAtMs: tokens.tokenSet.expiresAtMs };
}

function inEscrow(where: string, escrow: NonNullable<DecryptedParameters['escrow']>): StoredChain {
  return escrow === 'unreadable' ? { where } : { where, expiresAtMs: escrow.expiresAtMs };
}

/** The function finds it there as well, and goes on with it. */
async function chainInOtherVersion(
  run: Run,
  secretId: string,
  current: { readonly versionId: string },
): Promise<StoredChain | undefined> {
  const { versions } = await readOtherVersions(run, current);
  const holder = versions.find(({ tokens }) => refreshTokenOf(tokens) !== undefined);
  return holder && { where: `the version ${holder.versionId} of the secret ${secretId}` };
}
