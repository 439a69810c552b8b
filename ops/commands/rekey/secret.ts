import { UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { ListedVersion } from '../../../lambda/core/facts';
import { labels } from '../../../lambda/core/labels';
import { listKeyedVersions, versionsInUse } from '../../connection/keyedVersions';
import { defaultSecretKey } from '../../connection/keys';
import type { Context } from '../../context';
import type { Left, Rekeyed, Rekeying } from './result';

/** A version that a rotation would look into. */
interface Version extends ListedVersion {
  /** By their ARNs. */
  readonly keys: readonly string[];
}

/** What Secrets Manager encrypts again by itself. */
const awsLabels = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'];
const hasAwsLabel = ({ stages }: ListedVersion) => stages.some((each) => awsLabels.includes(each));

/**
 * Has Secrets Manager encrypt the secret under the present key: no token set passes through here, so
 * that none can be written over. Versions without one of AWS's labels stay under their key ("Change the
 * encryption key for an AWS Secrets Manager secret", user guide), and are left until no rotation looks
 * into them any more.
 */
export async function rekeySecret(rekeying: Rekeying): Promise<Rekeyed> {
  const { context, connection, target, isDryRun } = rekeying;
  const { secretId, secret } = context.region.connection(connection);
  const described = await secret.value();
  if (described === undefined) return { written: [], left: [] };
  const key = await context.region.key(described.kmsKeyId ?? defaultSecretKey).value();
  if (described.deletionAtMs !== undefined) {
    const until = 'it is taken back or deleted: it is marked for deletion';
    const isLeft = key.arn !== target.arn;
    return { written: [], left: isLeft ? [{ what: secretId, keys: [key.arn], until }] : [] };
  }
  const listed = await listVersions(context, secretId);
  const isBehind = ({ keys }: Version) => !keys.includes(target.arn);
  const behind = listed.filter((version) => isBehind(version) && hasAwsLabel(version));
  const isToWrite = key.arn !== target.arn || behind.length > 0;
  if (isToWrite && !isDryRun) {
    const KmsKeyId = target.isAwsManaged ? defaultSecretKey : target.arn;
    await context.aws.secretsManager.send(
      new UpdateSecretCommand({ SecretId: secretId, KmsKeyId }),
    );
  }
  const now = isToWrite && !isDryRun ? await listVersions(context, secretId) : listed;
  const left: Left[] = [];
  for (const version of versionsInUse(now).filter(isBehind)) {
    if (isDryRun && hasAwsLabel(version)) continue;
    if (!isDryRun && (await forgetSeed(context, secretId, version, now))) continue;
    const { versionId, stages, keys } = version;
    const what = `${secretId}, version ${versionId}${stages.length > 0 ? ` (${stages.join(', ')})` : ''}`;
    left.push({ what, keys, until: endOf(version, connection) });
  }
  const keys = [...new Set([key.arn, ...behind.flatMap((version) => version.keys)])];
  const former = keys.filter((each) => each !== target.arn);
  return { written: isToWrite ? [{ what: secretId, keys: former }] : [], left };
}

function endOf(version: Version, connection: string): string {
  if (hasAwsLabel(version)) {
    return (
      'it is rewritten: Secrets Manager could not decrypt it for you. ' +
      `npm run ops -- rotate ${connection} --force, twice`
    );
  }
  if (version.stages.length === 0) return 'newer ones take its place, within a day';
  return version.stages.includes(labels.salvaged)
    ? 'a new chain is seeded, or the label is taken away by hand once the chain is well'
    : 'older versions are gone, within some days';
}

/**
 * Takes the label away by which a seed keeps what is older out, once nothing is older. Should
 * a seed come in between, the label is elsewhere, and stays there.
 */
async function forgetSeed(
  { secretStore }: Context,
  secretId: string,
  { versionId, stages, createdAtMs }: Version,
  listed: readonly Version[],
): Promise<boolean> {
  if (stages.length !== 1 || stages[0] !== labels.seeded) return false;
  const isOldest = listed.every(
    (other) => other.versionId === versionId || other.createdAtMs > createdAtMs,
  );
  if (!isOldest) return false;
  await secretStore.moveStage(secretId, labels.seeded, versionId);
  return true;
}

async function listVersions(context: Context, secretId: string): Promise<Version[]> {
  const listed = await listKeyedVersions(context, secretId);
  return Promise.all(
    listed.map(async ({ keyIds, ...version }) => ({
      ...version,
      keys: await Promise.all(keyIds.map(async (id) => (await context.region.key(id).value()).arn)),
    })),
  );
}
