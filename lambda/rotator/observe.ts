import { unlabelledToTry } from '../core/candidates';
import { parseConnectionConfig } from '../core/connection';
import { RotationError } from '../core/errors';
import type { ConnectionParameters, ListedVersion } from '../core/facts';
import { type HeldTokenSet, parseEscrow } from '../core/held';
import { staleReadAttempts, staleReadDelayMs } from '../core/limits';
import { Redacted } from '../core/redacted';
import { parseStoredTokens, type StoredVersion } from '../core/tokenSet';
import { clientSecretText, trimTyped, validate } from '../core/validate';
import type { SecretText } from '../effects/secretStore';
import { StoreFailure } from '../effects/storeFailure';
import { parkRemembered } from './escrow';
import { parameterNamesOf, type Run, secretIdOf } from './run';
import { retryStoreCall } from './storeCall';

/**
 * Reads AWSCURRENT. A version that this environment has seen replaced is read again: acting on a
 * stale read would use a refresh token a second time. If it stays so, it was put back on purpose.
 */
export async function readCurrent(
  run: Run,
  options?: { readonly maxAttempts: number },
): Promise<StoredVersion> {
  const { memory } = run;
  for (let attempts = 1; ; attempts++) {
    const current = await readCurrentOnce(run, options);
    if (!memory.replaced.includes(current.versionId)) return current;
    if (attempts >= staleReadAttempts) {
      memory.replaced = [];
      return current;
    }
    await run.clock.sleep(staleReadDelayMs);
  }
}

/** A secret without any value counts as not seeded. */
async function readCurrentOnce(
  run: Run,
  options?: { readonly maxAttempts: number },
): Promise<StoredVersion> {
  const secretId = secretIdOf(run);
  const secret = await retryStoreCall(run, () => readOrPark(run, secretId), options);
  if (secret === undefined) {
    const tokens = { kind: 'notSeeded' } as const;
    return { versionId: '', stages: [], createdAtMs: 0, tokens, text: new Redacted('') };
  }
  const tokens = parseStoredTokens(secret.text);
  if (tokens.ok) return toStoredVersion(secret, tokens.value);
  throw new RotationError(
    'InvalidConfig',
    `Connection "${run.connection}": the secret ${secretId} ${problemOf(tokens)}. ` +
      'Nothing was sent or overwritten. Store a token set, or {"refreshToken":"..."}, in it.',
  );
}

/** While Secrets Manager cannot be read, nothing that this environment alone holds waits for it. */
async function readOrPark(run: Run, secretId: string) {
  try {
    return await run.secretStore.readCurrent(secretId);
  } catch (thrown) {
    await parkRemembered(run);
    throw thrown;
  }
}

/** All that Parameter Store holds for a connection. */
export interface ParametersRead {
  readonly parameters: ConnectionParameters;
  readonly held: readonly HeldTokenSet[];
  /** Whether anything is in the escrow, readable or not. */
  readonly escrowPresent: boolean;
  /** What the escrow holds could not be read. */
  readonly escrowUnknown?: boolean;
}

/** Reads and validates all that Parameter Store holds for the connection, in one call. */
export async function readParameters(
  run: Run,
  options?: { readonly maxAttempts: number },
): Promise<ParametersRead> {
  const names = parameterNamesOf(run);
  const store = run.parameterStore();
  const found = await retryStoreCall(run, () => store.read(Object.values(names)), options);
  const values = new Map([...found].map(([name, { value }]) => [name, value]));
  const config = parseConnectionConfig(
    run.connection,
    names.config,
    required(run, names.config, 'String', values),
    { allowLoopback: run.settings.allowLoopbackProvider },
  );
  const clientSecrets = clientSecretsOf(run, values);
  const escrow = values.get(names.escrow);
  return {
    parameters: {
      config,
      clientSecrets,
    },
    held: escrow === undefined ? [] : readableEscrow(run, names.escrow, escrow),
    escrowPresent: escrow !== undefined,
  };
}

/**
 * The client secret, and a staged one after it. What the provider cannot have given, such as two lines
 * or an invisible character, is not sent: a refusal would say less than what is wrong.
 */
function clientSecretsOf(
  run: Run,
  values: ReadonlyMap<string, string>,
): ConnectionParameters['clientSecrets'] {
  const names = parameterNamesOf(run);
  const clientSecret = required(run, names.clientSecret, 'SecureString', values);
  const first = validate(clientSecretText, clientSecret);
  if (!first.ok) {
    throw new RotationError(
      'InvalidConfig',
      `Connection "${run.connection}": the parameter ${names.clientSecret} in ` +
        `${run.settings.region} ${first.problem}. Nothing was sent. Put the bare client secret there.`,
    );
  }
  const staged = trimTyped(values.get(names.stagedClientSecret) ?? '');
  if (staged === '' || staged === clientSecret) return [new Redacted(clientSecret)];
  const second = validate(clientSecretText, staged);
  if (second.ok) return [new Redacted(clientSecret), new Redacted(staged)];
  const { problem } = second;
  run.telemetry.warn('The staged client secret cannot be one and is left out', {
    parameter: names.stagedClientSecret,
    problem,
  });
  return [new Redacted(clientSecret)];
}

function required(
  run: Run,
  name: string,
  type: 'String' | 'SecureString',
  values: ReadonlyMap<string, string>,
): string {
  const stored = values.get(name);
  const value = trimTyped(stored ?? '');
  if (value) return value;
  throw new MissingParameter(
    'InvalidConfig',
    `Connection "${run.connection}": the parameter ${name} ` +
      `${stored === undefined ? 'does not exist' : 'is empty'} in ${run.settings.region}. ` +
      `Put it there as a ${type}.`,
  );
}

/** A connection that was never seeded may lack them: then nothing is wrong. */
export class MissingParameter extends RotationError {}

function readableEscrow(run: Run, parameter: string, text: string): readonly HeldTokenSet[] {
  const held = parseEscrow(text);
  if (held === undefined) {
    run.telemetry.warn('The escrow cannot be read and is left out', { parameter });
  }
  return held ?? [];
}

/** The rest of the secret's versions, in the order to try them. */
export interface OtherVersions {
  readonly versions: readonly StoredVersion[];
  readonly listed: readonly ListedVersion[];
}

/** Every version of the secret, those without a label among them. */
export async function listVersions(
  run: Run,
  options?: { readonly maxAttempts: number },
): Promise<readonly ListedVersion[]> {
  return retryStoreCall(run, () => run.secretStore.listVersions(secretIdOf(run)), options);
}

/**
 * Reads the other versions that may hold a live refresh token: AWSPENDING, AWSPREVIOUS, any other
 * label, then the newest without one (Secrets Manager keeps those for a day at least).
 */
export async function readOtherVersions(
  run: Run,
  current: Pick<StoredVersion, 'versionId'>,
  options?: { readonly maxAttempts: number },
): Promise<OtherVersions> {
  const listed = await listVersions(run, options);
  const versions: StoredVersion[] = [];
  for (const { versionId } of inOrderToTry(listed, current.versionId)) {
    const version = await readVersion(run, versionId);
    if (version !== undefined) versions.push(version);
  }
  return { versions, listed };
}

function inOrderToTry(listed: readonly ListedVersion[], currentVersionId: string): ListedVersion[] {
  const newestFirst = listed
    .filter(({ versionId }) => versionId !== currentVersionId)
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  const rank = ({ stages }: ListedVersion) => {
    if (stages.includes('AWSPENDING')) return 0;
    return stages.includes('AWSPREVIOUS') ? 1 : 2;
  };
  return [
    ...newestFirst.filter(({ stages }) => stages.length > 0).sort((a, b) => rank(a) - rank(b)),
    ...unlabelledToTry(listed),
  ];
}

/** Undefined if the version is gone, holds no text yet or none that can be read. */
export async function readVersion(run: Run, versionId: string): Promise<StoredVersion | undefined> {
  try {
    const secretId = secretIdOf(run);
    const secret = await retryStoreCall(run, () =>
      run.secretStore.readVersion(secretId, versionId),
    );
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
  return { versionId, stages, createdAtMs, tokens, text: new Redacted(secret.text) };
}

const problemOf = ({ field, problem }: { field: string; problem: string }) =>
  field ? `has a member ${field} that ${problem}` : problem;
