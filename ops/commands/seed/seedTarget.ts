import { labels } from '../../../lambda/core/labels';
import { isChildOf } from '../../../lambda/core/lineage';
import type { Redacted } from '../../../lambda/core/redacted';
import {
  refreshTokenOf,
  type StoredTokens,
  type StoredVersion,
} from '../../../lambda/core/tokenSet';
import { StoreFailure } from '../../../lambda/effects/storeFailure';
import { readOtherVersions } from '../../../lambda/rotator/observe';
import type { Run } from '../../../lambda/rotator/run';
import type { ConnectionReader } from '../../connection/connectionReader';
import type { DecryptedParameters } from '../../connection/parameters';
import type { StoredToken } from '../../connection/secret';
import type { Context } from '../../context';
import { restoreCommand } from '../../failures/awsFailure';
import { OpsError } from '../../failures/opsError';
import { operatorRun } from '../../rotator/operatorRun';
import { isoTime } from '../../terminal/text';

/** A refresh token that a seeding would put out of use. */
export interface StoredChain {
  /** What holds it, by name. */
  readonly where: string;
  /** Until when its access token is valid, if it has one. */
  readonly expiresAtMs?: number;
  /** An earlier seeding has parked it in the escrow, and AWSCURRENT holds nothing. */
  readonly isParked?: boolean;
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
  /**
   * What an earlier seeding has kept of answers that were unusable otherwise, newest first, while
   * there is no chain: the same command goes on from there.
   */
  readonly salvaged: readonly Redacted[];
  /** What AWSCURRENT holds, for the addresses beside the tokens. */
  readonly tokens: StoredTokens;
}

/** @throws StoreFailure, RotationError, OpsError `refused` for a secret that is marked for deletion */
export async function readSeedTarget(context: Context, connection: string): Promise<SeedTarget> {
  const reader = context.region.connection(connection);
  const { secretId } = reader;
  const [parameters, read] = await Promise.all([reader.decrypted.value(), readUnmarked(reader)]);
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
  const chain =
    chainInSecret(secretId, current) ??
    (escrow === undefined ? undefined : inEscrow(names.escrow, escrow));
  if (chain || current.kind !== 'stored') return { ...target, chain, salvaged: [] };
  const run = operatorRun(context, connection);
  return { ...target, ...(await inOtherVersions(run, secretId, current.version)) };
}

type Readable = Exclude<StoredToken, { kind: 'deleted' }>;

/** One that is marked for deletion cannot be read, nor can another be made in its place. */
async function readUnmarked(reader: ConnectionReader): Promise<Readable | StoreFailure> {
  const { secretId } = reader;
  try {
    const stored = await reader.token.value();
    if (stored.kind !== 'deleted') return stored;
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.kind === 'denied') return thrown;
    throw thrown;
  }
  const deletionAtMs = (await reader.secret.value())?.deletionAtMs;
  const when = deletionAtMs === undefined ? '' : ` at ${isoTime(deletionAtMs)}`;
  throw new OpsError(
    'refused',
    `The secret ${secretId} is marked for deletion${when}. Restore it, then run the same command ` +
      `again: ${restoreCommand(secretId)}`,
  );
}

function chainInSecret(secretId: string, current: Readable): StoredChain | undefined {
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
  if (escrow === 'unreadable') return { where };
  const expiresAtMs = Math.max(...escrow.map(({ tokenSet }) => tokenSet.expiresAtMs));
  return { where, expiresAtMs, isParked: true };
}

/** The function finds them there as well, and goes on with them. */
async function inOtherVersions(
  run: Run,
  secretId: string,
  current: { readonly versionId: string },
): Promise<Pick<SeedTarget, 'chain' | 'salvaged'>> {
  const { versions } = await readOtherVersions(run, current);
  const holders = versions.filter(({ tokens }) => refreshTokenOf(tokens) !== undefined);
  const holder = holders.find((version) => !isSalvaged(version));
  return {
    chain: holder && { where: `the version ${holder.versionId} of the secret ${secretId}` },
    salvaged: holders
      .filter(isSalvaged)
      .sort((a, b) => b.createdAtMs - a.createdAtMs)
      .flatMap(({ tokens }) => refreshTokenOf(tokens) ?? []),
  };
}

/** Also one whose label has moved on to a later one. */
function isSalvaged({ versionId, stages, text }: StoredVersion): boolean {
  const written = { versionId, text: text.reveal() };
  return stages.includes(labels.salvaged) || isChildOf(labels.salvaged, written);
}
