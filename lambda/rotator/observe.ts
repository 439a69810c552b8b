import { parseConnectionConfig } from '../core/connection';
import { RotationError } from '../core/errors';
import type { ConnectionParameters } from '../core/facts';
import { staleReadAttempts, staleReadDelayMs, unlabelledVersionsTried } from '../core/limits';
import { Redacted } from '../core/redacted';
import {
  issuedAtMsOf,
  parseStoredTokens,
  type StoredVersion,
  type TokenSet,
} from '../core/tokenSet';
import type { ListedVersion, SecretText } from '../effects/secretStore';
import { StoreFailure } from '../effects/storeFailure';
import { parameterNamesOf, type Run, secretIdOf } from './run';
import { callStore } from './storeCall';

/**
 * Reads AWSCURRENT. One that is older than what this container has seen is read again: acting on
 * a stale read would use a refresh token a second time. If it stays so, it was put back on purpose.
 */
export async function readCurrent(run: Run): Promise<StoredVersion> {
  const { memory } = run;
  for (let attempts = 1; ; attempts++) {
    const current = await readCurrentOnce(run);
    const issuedAtMs = issuedAtMsOf(current);
    if (issuedAtMs >= (memory.newestIssuedAtMs ?? 0) || attempts >= staleReadAttempts) {
      memory.newestIssuedAtMs = issuedAtMs;
      return current;
    }
    await run.clock.sleep(staleReadDelayMs);
  }
}

/** A secret without any value counts as not seeded. */
async function readCurrentOnce(run: Run): Promise<StoredVersion> {
  const secretId = secretIdOf(run);
  const secret = await callStore(run, () => run.secretStore.readCurrent(secretId));
  if (secret === undefined) {
    return { versionId: '', stages: [], createdAtMs: 0, tokens: { kind: 'notSeeded' } };
  }
  const tokens = parseStoredTokens(secret.text);
  if (tokens.ok) return toStoredVersion(secret, tokens.value);
  throw new RotationError(
    'InvalidConfig',
    `Connection "${run.connection}": the secret ${secretId} ${problemOf(tokens)}. ` +
      'Nothing was sent or overwritten. Store a token set, or {"refreshToken":"..."}, in it.',
  );
}

/** Reads and validates all that Parameter Store holds for the connection, in one call. */
export async function readParameters(run: Run): Promise<ConnectionParameters> {
  const names = parameterNamesOf(run);
  const store = run.parameterStore();
  const values = await callStore(run, () => store.read(Object.values(names)));
  const config = parseConnectionConfig(
    run.connection,
    names.config,
    required(run, names.config, 'String', values),
    { allowLoopback: run.settings.allowLoopbackProvider },
  );
  const clientSecret = required(run, names.clientSecret, 'SecureString', values);
  const staged = values.get(names.stagedClientSecret)?.trim();
  const escrow = values.get(names.escrow);
  return {
    config,
    clientSecrets: [
      new Redacted(clientSecret),
      ...(staged && staged !== clientSecret ? [new Redacted(staged)] : []),
    ],
    escrow: escrow === undefined ? undefined : parseEscrow(run, names.escrow, escrow),
    escrowPresent: escrow !== undefined,
  };
}

function required(
  run: Run,
  name: string,
  type: 'String' | 'SecureString',
  values: ReadonlyMap<string, string>,
): string {
  const value = values.get(name)?.trim();
  if (value) return value;
  throw new RotationError(
    'InvalidConfig',
    `Connection "${run.connection}": the parameter ${name} ` +
      `${value === undefined ? 'does not exist' : 'is empty'} in ${run.settings.region}. ` +
      `Put it there as a ${type}.`,
  );
}

function parseEscrow(run: Run, name: string, text: string): TokenSet | undefined {
  const tokens = parseStoredTokens(text);
  if (tokens.ok && tokens.value.kind === 'issued') return tokens.value.tokenSet;
  const problem = tokens.ok ? 'holds no token set' : problemOf(tokens);
  run.telemetry.warn('The escrow cannot be read and is left out', { parameter: name, problem });
  return undefined;
}

/** The rest of the secret's versions, in the order to try them. */
export interface OtherVersions {
  readonly versions: readonly StoredVersion[];
  /** Which version AWSCURRENT was on when they were listed. */
  readonly currentVersionId: string | undefined;
}

/**
 * Reads the other versions that may hold a live refresh token: AWSPENDING, AWSPREVIOUS, any other
 * label, then the newest without one (Secrets Manager keeps those for a day at the least).
 */
export async function readOtherVersions(
  run: Run,
  current: Pick<StoredVersion, 'versionId'>,
): Promise<OtherVersions> {
  const secretId = secretIdOf(run);
  const listed = await callStore(run, () => run.secretStore.listVersions(secretId));
  const versions: StoredVersion[] = [];
  for (const { versionId } of inOrderToTry(listed, current.versionId)) {
    const version = await readVersion(run, versionId);
    if (version !== undefined) versions.push(version);
  }
  return {
    versions,
    currentVersionId: listed.find(({ stages }) => stages.includes('AWSCURRENT'))?.versionId,
  };
}

function inOrderToTry(listed: ListedVersion[], currentVersionId: string): ListedVersion[] {
  const newestFirst = listed
    .filter(({ versionId }) => versionId !== currentVersionId)
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  const rank = ({ stages }: ListedVersion) => {
    if (stages.includes('AWSPENDING')) return 0;
    return stages.includes('AWSPREVIOUS') ? 1 : 2;
  };
  return [
    ...newestFirst.filter(({ stages }) => stages.length > 0).sort((a, b) => rank(a) - rank(b)),
    ...newestFirst.filter(({ stages }) => stages.length === 0).slice(0, unlabelledVersionsTried),
  ];
}

/** Undefined where the version is gone, holds no text yet or none that can be read. */
export async function readVersion(run: Run, versionId: string): Promise<StoredVersion | undefined> {
  try {
    const secretId = secretIdOf(run);
    const secret = await callStore(run, () => run.secretStore.readVersion(secretId, versionId));
    const tokens = parseStoredTokens(secret.text);
    return tokens.ok && tokens.value.kind !== 'notSeeded'
      ? toStoredVersion(secret, tokens.value)
      : undefined;
  } catch (thrown) {
    const { cause } = thrown as { cause?: unknown };
    if (cause instanceof StoreFailure && cause.kind === 'missing') return undefined;
    throw thrown;
  }
}

function toStoredVersion(secret: SecretText, tokens: StoredVersion['tokens']): StoredVersion {
  const { versionId, stages, createdAtMs } = secret;
  return { versionId, stages, createdAtMs, tokens };
}

const problemOf = ({ field, problem }: { field: string; problem: string }) =>
  field ? `has a member ${field} that ${problem}` : problem;
