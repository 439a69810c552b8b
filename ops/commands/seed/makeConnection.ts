import { CreateSecretCommand, TagResourceCommand } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { ConnectionConfig } from '../../../lambda/core/connection';
import { labels } from '../../../lambda/core/labels';
import { connectionTag } from '../../../lambda/core/names';
import type { Redacted } from '../../../lambda/core/redacted';
import type { SecretStore } from '../../../lambda/effects/secretStore';
import { StoreFailure } from '../../../lambda/effects/storeFailure';
import { attempt } from '../../connection/reading';
import type { Context } from '../../context';
import { failureName, isDenied } from '../../failures/awsFailure';
import { OpsError } from '../../failures/opsError';
import { storeClientSecret } from '../../rotator/clientSecret';
import { rotateSecret } from '../../rotator/rotation';
import type { SeedTarget } from './seedTarget';

/** By it a fleet's policy for readers knows whose secret it is. */
const tagsOf = (connection: string) => [{ Key: connectionTag, Value: connection }];

/**
 * Makes the secret, without tokens: they follow as a version of their own. It is under the fleet's
 * key if that has one. A failure is only reported, since the token set can still go to the escrow.
 */
export async function makeSecret(context: Context, target: SeedTarget): Promise<void> {
  try {
    await createSecret(context, target);
  } catch (thrown) {
    context.terminal.progress(notMade(target, thrown));
  }
}

/**
 * Makes the secret that nobody has been allowed to read. That succeeds only if there was none, so
 * it comes before a refresh token is spent or written.
 *
 * @throws OpsError `unavailable` with the denial, if there is one or none can be made
 */
export async function makeUnreadSecret(
  context: Context,
  target: SeedTarget,
  { message: denial }: StoreFailure,
): Promise<void> {
  const { secretId } = target;
  try {
    await createSecret(context, target);
  } catch (thrown) {
    const problem =
      failureName(thrown) === 'ResourceExistsException'
        ? `The secret ${secretId} is there: have secretsmanager:GetSecretValue on it allowed to ` +
          'you, and the use of its key.'
        : `${notMade(target, thrown)}. If it is there, have secretsmanager:GetSecretValue on it ` +
          'allowed to you; if not, secretsmanager:CreateSecret.';
    throw new OpsError('unavailable', `${denial}. ${problem} Nothing was changed.`, {
      cause: thrown,
    });
  }
  context.terminal.progress(`Made the secret ${secretId}, which is empty so far.`);
}

async function createSecret(
  { aws, region }: Context,
  { connection, secretId }: SeedTarget,
): Promise<void> {
  const reading = await region.fleet.reading();
  const kmsKeyArn = reading.known ? reading.value?.kmsKeyArn : undefined;
  await aws.secretsManager.send(
    new CreateSecretCommand({
      Name: secretId,
      Description: `Marketing Cloud token set of the connection "${connection}"`,
      SecretString: '{}',
      Tags: tagsOf(connection),
      ...(kmsKeyArn === undefined ? {} : { KmsKeyId: kmsKeyArn }),
    }),
  );
}

function notMade({ secretId }: SeedTarget, thrown: unknown): string {
  const detail = isDenied(thrown) ? `: ${(thrown as Error).message}` : '';
  return `The secret ${secretId} could not be made (${failureName(thrown)})${detail}`;
}

/**
 * Tags a secret that somebody else has made, such as a stack that the connection has left. A failure
 * is only reported, since it concerns readers alone.
 */
export async function tagSecret(
  { aws, terminal }: Context,
  { connection, secretId }: SeedTarget,
): Promise<void> {
  try {
    await aws.secretsManager.send(
      new TagResourceCommand({ SecretId: secretId, Tags: tagsOf(connection) }),
    );
  } catch (thrown) {
    terminal.progress(
      `The secret ${secretId} could not be tagged (${failureName(thrown)}). Readers by the fleet's ` +
        `policy need it: aws secretsmanager tag-resource --secret-id ${secretId} --tags ` +
        `Key=${connectionTag},Value=${connection}`,
    );
  }
}

/**
 * Attaches the secret to the fleet's function, so that whoever may rotate the secret, and nothing else,
 * can ask for a rotation from now on. A failure is only reported: the first `rotate` attaches it too.
 */
export async function attachToFleet(
  context: Context,
  { connection, secretId }: SeedTarget,
): Promise<void> {
  const { region, terminal } = context;
  const fleet = await region.fleet.reading();
  if (!fleet.known || fleet.value === undefined) return;
  const { rotatorArn } = fleet.value;
  const secret = await region.connection(connection).secret.reading();
  const isOff = secret.known && secret.value?.isRotationOff;
  if (secret.known && secret.value?.functionArn === rotatorArn && !isOff) return;
  try {
    await rotateSecret(context, connection, rotatorArn, false);
  } catch (thrown) {
    const detail = isDenied(thrown) ? `: ${(thrown as Error).message}` : '';
    terminal.progress(
      `The secret ${secretId} could not be attached to the fleet's function ` +
        `(${failureName(thrown)})${detail}. Only a rotation by Secrets Manager itself needs that.`,
    );
    return;
  }
  await untilTested(context, secretId);
}

const lookEveryMs = 500;
const mostLooks = 20;

/**
 * While Secrets Manager has the function try its version, `doctor` would wonder at that, and another
 * rotation be refused.
 */
async function untilTested({ clock, secretStore }: Context, secretId: string): Promise<void> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const listed = await attempt('secretsmanager:ListSecretVersionIds', () =>
      secretStore.listVersions(secretId),
    );
    if (!listed.known || !listed.value.some(({ stages }) => isPendingAlone(stages))) return;
    await clock.sleep(lookEveryMs);
  }
}

const isPendingAlone = (stages: readonly string[]) =>
  stages.includes('AWSPENDING') && !stages.includes('AWSCURRENT');

const runAgain =
  'Run the same command again, with neither refreshToken nor jwt in a document for --stdin: it asks ' +
  'only for what is missing';

/**
 * Enters the connection in the registry, from where a fleet rotates it. So it comes last.
 *
 * @throws OpsError `unavailable`; the chain is stored by then.
 */
export async function writeConfig(
  { aws }: Context,
  { connection, parameters }: SeedTarget,
  config: ConnectionConfig,
): Promise<void> {
  const name = parameters.names.config;
  try {
    await aws.ssm.send(
      new PutParameterCommand({
        Name: name,
        Description: `How the connection "${connection}" reaches Marketing Cloud`,
        Value: JSON.stringify(config),
        Type: 'String',
        // What is over an account's 10,000 standard parameters becomes an advanced one.
        Tier: 'Intelligent-Tiering',
      }),
    );
  } catch (thrown) {
    const detail = isDenied(thrown) ? `: ${(thrown as Error).message}` : '';
    throw new OpsError(
      'unavailable',
      `The token set is stored. The parameter ${name} could not be written ` +
        `(${failureName(thrown)})${detail}. ${runAgain}.`,
      { cause: thrown },
    );
  }
}

/**
 * Writes the client secret unless it is the stored one.
 *
 * @throws OpsError `unavailable`; the chain is stored by then.
 */
export async function writeClientSecret(
  context: Context,
  { connection, parameters }: SeedTarget,
  clientSecret: Redacted,
): Promise<void> {
  const { names, clientSecret: stored } = parameters;
  if (stored?.equals(clientSecret)) return;
  try {
    await storeClientSecret(context, connection, parameters, names.clientSecret, clientSecret);
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure || thrown instanceof OpsError)) throw thrown;
    const command = stored ? `stage-secret ${connection}` : `seed ${connection}`;
    const remedy =
      parameters.config === undefined
        ? runAgain
        : `Run npm run ops -- ${command}, which asks for the client secret alone`;
    throw new OpsError(
      'unavailable',
      `The token set is stored, and the client secret is not: ${thrown.message}. The function ` +
        `needs it. ${remedy}.`,
      { cause: thrown },
    );
  }
}

/** Secrets Manager as a seeding writes to it. */
export interface SeedStore extends SecretStore {
  /** Whether a refresh token was kept that came in an answer which was unusable otherwise. */
  hasSalvaged(): boolean;
}

/**
 * @param beforeFirstPut makes the secret if there is none, so that nothing is left behind of a
 * seeding that brings nothing
 * @param isBeginning whether what becomes AWSCURRENT is marked as a chain that a person began:
 * nothing older, nor what comes of that, is gone back to
 */
export function seedStore(
  store: SecretStore,
  beforeFirstPut: () => Promise<void>,
  isBeginning: boolean,
): SeedStore {
  let prepared: Promise<void> | undefined;
  let hasSalvaged = false;
  return {
    ...store,
    async put(secretId, versionId, text, stages) {
      prepared ??= beforeFirstPut();
      await prepared;
      const moved = stages ?? ['AWSCURRENT'];
      const isBegun = isBeginning && moved.includes('AWSCURRENT');
      await store.put(secretId, versionId, text, isBegun ? [...moved, labels.seeded] : stages);
      hasSalvaged ||= moved.includes(labels.salvaged);
    },
    hasSalvaged: () => hasSalvaged,
  };
}
