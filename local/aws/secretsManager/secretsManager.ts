import { pageOf } from '../pages';
import { check } from '../shapes';
import { type AttachedRotation, identity, metadata, seconds, stages } from './secretMetadata';
import { type SecretRotationStart, startRotation } from './secretRotationStart';
import { type Secret, Secrets } from './secrets';
import * as errors from './secretsManagerErrors';
import { type SecretsManagerInput as Input, shapes } from './secretsManagerShapes';
import { currentLabel, hasValue } from './secretVersions';

const dayMs = 24 * 60 * 60 * 1000;

const page = <T>(items: readonly T[], { MaxResults = 100, NextToken }: Input<'ListSecrets'>) =>
  pageOf(items, MaxResults, NextToken, errors.invalidNextToken);

/** The part of a request that may carry a new value. */
type NewValue = Pick<Input<'CreateSecret'>, 'ClientRequestToken' | 'SecretString' | 'SecretBinary'>;

/** The id that the new version will have; undefined if the request brings no value. */
function versionIdOf(value: NewValue): string | undefined {
  if (value.ClientRequestToken === undefined) throw errors.tokenMissing();
  if (value.SecretString !== undefined && value.SecretBinary !== undefined) {
    throw errors.twoValues();
  }
  const given = value.SecretString ?? value.SecretBinary;
  return given === undefined ? undefined : value.ClientRequestToken;
}

/** "If you set this to an empty string, Secrets Manager uses" its own key (API reference, UpdateSecret). */
const keyNamed = (keyId: string) =>
  ['', 'alias/aws/secretsmanager'].includes(keyId) ? undefined : keyId;

/**
 * AWS Secrets Manager in memory: no I/O, no clock of its own, no randomness. Each method is the API
 * operation of its name, with the wire's request and answer (timestamps in epoch seconds, binary
 * values in base64), and throws `AwsError` if AWS refuses.
 * Source: AWS Secrets Manager API reference; "AWS Secrets Manager quotas".
 */
export class SecretsManagerModel {
  readonly #secrets: Secrets;

  /** `now` gives milliseconds since the epoch. No secret is rotated but by a function that is `attached`, or that RotateSecret names. */
  constructor(
    private readonly now: () => number,
    secrets: Secrets = new Secrets(now),
    private readonly attached: AttachedRotation = () => undefined,
  ) {
    this.#secrets = secrets;
  }

  /** An independent copy, if need be under another clock. */
  clone(now = this.now): SecretsManagerModel {
    return new SecretsManagerModel(now, this.#secrets.clone(now), this.attached);
  }

  /** The full ARN of an existing secret, under any of the ids that AWS accepts for it. */
  arnOf(secretId: string): string | undefined {
    return this.#secrets.find(secretId)?.arn;
  }

  /** The KMS keys that secrets name, as they name them. */
  kmsKeyIds(): readonly string[] {
    return this.#secrets.all().flatMap(({ kmsKeyId, versions }) => {
      const ofVersions = [...versions.all()].flatMap(({ keyIds }) => keyIds);
      return [kmsKeyId, ...ofVersions].flatMap((keyId) => keyId ?? []);
    });
  }

  createSecret(input: Input<'CreateSecret'>, region = 'us-east-1') {
    check(shapes.CreateSecret, input);
    const { Name, Tags = [] } = input;
    if (!/^[A-Za-z0-9\-/_+=.@!]+$/.test(Name)) throw errors.invalidName();
    const id = versionIdOf(input);
    const existing = this.#secrets.find(Name);
    if (existing?.deletionAtMs !== undefined) throw errors.nameScheduledForDeletion();
    if (existing && !existing.versions.get(id ?? '')) throw errors.nameTaken(Name);

    const secret = existing ?? this.#secrets.create(Name, region);
    if (!existing) {
      secret.description = input.Description;
      secret.kmsKeyId = keyNamed(input.KmsKeyId ?? '');
      for (const { Key = '', Value = '' } of Tags) secret.tags.set(Key, Value);
    }
    this.#addVersion(secret, id, input, [currentLabel]);
    return { ...identity(secret), VersionId: id };
  }

  getSecretValue(input: Input<'GetSecretValue'>) {
    check(shapes.GetSecretValue, input);
    const secret = this.#secrets.getUsable(input.SecretId);
    const { versions } = secret;
    const { VersionId, VersionStage } = input;
    const stage = VersionStage ?? currentLabel;
    const version = versions.get(VersionId ?? versions.holderOf(stage) ?? '');
    if (!version || !hasValue(version)) {
      throw errors.valueNotFound(
        VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${VersionId}`,
      );
    }
    if (VersionStage !== undefined && versions.holderOf(VersionStage) !== version.id) {
      throw errors.stageNotOnVersion();
    }

    const dayStartMs = Math.floor(this.now() / dayMs) * dayMs;
    secret.lastAccessedDayMs = dayStartMs;
    versions.noteReading(version, dayStartMs);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      SecretString: version.secretString,
      SecretBinary: version.secretBinary,
      VersionStages: versions.stagesOf(version.id),
      CreatedDate: seconds(version.createdAtMs),
    };
  }

  putSecretValue(input: Input<'PutSecretValue'>) {
    check(shapes.PutSecretValue, input);
    const id = versionIdOf(input);
    if (id === undefined) throw errors.valueMissing();
    const secret = this.#secrets.getUsable(input.SecretId);
    this.#addVersion(secret, id, input, input.VersionStages ?? [currentLabel]);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      VersionStages: secret.versions.stagesOf(id),
    };
  }

  updateSecret(input: Input<'UpdateSecret'>) {
    check(shapes.UpdateSecret, input);
    const id = versionIdOf(input);
    const secret = this.#secrets.getUsable(input.SecretId);
    const keyId = input.KmsKeyId === undefined ? secret.kmsKeyId : keyNamed(input.KmsKeyId);
    this.#addVersion(secret, id, input, [currentLabel], keyId);
    secret.description = input.Description ?? secret.description;
    if (input.KmsKeyId !== undefined) secret.versions.encryptUnder(keyId);
    secret.kmsKeyId = keyId;
    secret.changedAtMs = this.now();
    return { ...identity(secret), VersionId: id };
  }

  updateSecretVersionStage(input: Input<'UpdateSecretVersionStage'>) {
    check(shapes.UpdateSecretVersionStage, input);
    const secret = this.#secrets.getUsable(input.SecretId);
    const { versions } = secret;
    const { VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from } = input;
    const holder = versions.holderOf(label);
    if (to === undefined && from === undefined) throw errors.nothingToMove();
    if (to !== undefined && !versions.get(to)) throw errors.valueNotFound(`VersionId: ${to}`);
    if (to === undefined && label === currentLabel) throw errors.currentNotRemovable();
    if (from === undefined && holder !== undefined && holder !== to) {
      throw errors.removeFromMissing(label, holder);
    }
    if (from !== undefined && from !== holder) throw errors.stageElsewhere(label, from);

    if (to === undefined) versions.detach(label);
    else versions.attach(label, to);
    secret.changedAtMs = this.now();
    return identity(secret);
  }

  describeSecret(input: Input<'DescribeSecret'>) {
    check(shapes.DescribeSecret, input);
    const secret = this.#secrets.get(input.SecretId);
    return { ...metadata(secret, this.attached), VersionIdsToStages: stages(secret) };
  }

  listSecretVersionIds(input: Input<'ListSecretVersionIds'>) {
    check(shapes.ListSecretVersionIds, input);
    const secret = this.#secrets.get(input.SecretId);
    const versions = [...secret.versions.all()].map((version) => ({
      VersionId: version.id,
      VersionStages: secret.versions.stagesOf(version.id),
      CreatedDate: seconds(version.createdAtMs),
      LastAccessedDate: seconds(version.lastAccessedDayMs),
      KmsKeyIds: version.keyIds.map((keyId) => keyId ?? 'DefaultEncryptionKey'),
    }));
    const listed = input.IncludeDeprecated ? versions : versions.filter((v) => v.VersionStages);
    const { items, nextToken } = page(listed, input);
    return { ...identity(secret), Versions: items, NextToken: nextToken };
  }

  /** Filters by `name` only: by the beginning of a name, case-sensitive, `!` for "not". */
  listSecrets(input: Input<'ListSecrets'>) {
    check(shapes.ListSecrets, input);
    const { Filters = [], IncludePlannedDeletion } = input;
    const begins = (name: string, value: string) =>
      value.startsWith('!') ? !name.startsWith(value.slice(1)) : name.startsWith(value);
    const listed = this.#secrets
      .all()
      .filter((secret) => IncludePlannedDeletion || secret.deletionAtMs === undefined)
      .filter(({ name }) => Filters.every((f) => f.Values.some((v) => begins(name, v))));
    const { items, nextToken } = page(listed, input);
    return {
      SecretList: items.map((secret) => ({
        ...metadata(secret, this.attached),
        SecretVersionsToStages: stages(secret),
      })),
      NextToken: nextToken,
    };
  }

  deleteSecret(input: Input<'DeleteSecret'>, region = 'us-east-1') {
    check(shapes.DeleteSecret, input);
    const { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force } = input;
    if (days !== undefined && force) throw errors.forceWithRecoveryWindow();
    if (days !== undefined && (days < 7 || days > 30)) throw errors.recoveryWindowOutOfRange();
    if (force) {
      // "If you forcibly delete an already deleted or nonexistent secret, the operation does not
      // return ResourceNotFoundException" (API reference, DeleteSecret).
      const secret = this.#secrets.find(SecretId) ?? this.#secrets.create(SecretId, region);
      this.#secrets.remove(secret);
      return { ...identity(secret), DeletionDate: seconds(this.now()) };
    }
    const secret = this.#secrets.get(SecretId);
    if (secret.deletionAtMs !== undefined) throw errors.alreadyMarkedForDeletion();
    secret.deletionAtMs = this.now() + (days ?? 30) * dayMs;
    secret.changedAtMs = this.now();
    return { ...identity(secret), DeletionDate: seconds(secret.deletionAtMs) };
  }

  restoreSecret(input: Input<'RestoreSecret'>) {
    check(shapes.RestoreSecret, input);
    const secret = this.#secrets.get(input.SecretId);
    secret.deletionAtMs = undefined;
    secret.changedAtMs = this.now();
    return identity(secret);
  }

  /** What RotateSecret does before it invokes the function; the steps are left to the caller. */
  rotateSecret(input: Input<'RotateSecret'>): SecretRotationStart {
    check(shapes.RotateSecret, input);
    const secret = this.#secrets.getUsable(input.SecretId);
    return startRotation(secret, input, { attached: this.attached, nowMs: this.now() });
  }

  /** What follows the steps: of a test, that the version goes which it was made for. */
  endRotation({ arn, kind, versionId }: SecretRotationStart): void {
    const secret = this.#secrets.find(arn);
    if (kind === 'test') secret?.versions.remove(versionId);
    else if (secret) secret.lastRotatedAtMs = this.now();
  }

  /**
   * What AWS has no call for: changes the text of AWSCURRENT in place, for those who play with time.
   * A secret that is marked for deletion, or holds no text, stays as it is.
   */
  alterCurrent(secretId: string, alter: (text: string) => string): void {
    const { versions, deletionAtMs } = this.#secrets.get(secretId);
    const current = versions.get(versions.holderOf(currentLabel) ?? '');
    if (current?.secretString === undefined || deletionAtMs !== undefined) return;
    versions.fill({ ...current, secretString: alter(current.secretString) }, []);
  }

  tagResource(input: Input<'TagResource'>) {
    check(shapes.TagResource, input);
    const secret = this.#secrets.getUsable(input.SecretId);
    for (const { Key = '', Value = '' } of input.Tags) secret.tags.set(Key, Value);
    secret.changedAtMs = this.now();
    return {};
  }

  #addVersion(
    secret: Secret,
    id: string | undefined,
    { SecretString, SecretBinary }: NewValue,
    labels: readonly string[],
    keyId = secret.kmsKeyId,
  ): void {
    if (id === undefined) return;
    const known = secret.versions.get(id);
    const value = { secretString: SecretString, secretBinary: SecretBinary };
    if (known && !hasValue(known)) {
      secret.versions.fill({ ...known, ...value, keyIds: [keyId] }, labels);
    } else if (known) {
      // "... and you specify the same secret data, the operation succeeds but does nothing"
      // (API reference, PutSecretValue): the labels stay where they are by now.
      if (known.secretString === SecretString && known.secretBinary === SecretBinary) return;
      throw errors.tokenTaken(id, secret.arn);
    } else {
      const common = { createdAtMs: this.now(), lastAccessedDayMs: undefined, keyIds: [keyId] };
      const version = { id, ...common, ...value };
      secret.versions.add(version, labels);
    }
    secret.changedAtMs = this.now();
  }
}
