import { quotaExceeded } from './secretsManagerErrors';

export const currentLabel = 'AWSCURRENT';
export const previousLabel = 'AWSPREVIOUS';
export const pendingLabel = 'AWSPENDING';

const maxLabels = 20;

/** How many versions a secret keeps, and how old one has to be to make room for another. */
export interface VersionLimits {
  readonly most: number;
  readonly leastAgeMs: number;
}

/** "AWS Secrets Manager quotas": unlabelled versions go first, but none younger than 24 hours. */
const awsLimits: VersionLimits = { most: 100, leastAgeMs: 24 * 60 * 60 * 1000 };

/**
 * One value of a secret. Never changes except for the day of its last reading; one that RotateSecret
 * has made has no value until the function gives it one.
 */
export interface SecretVersion {
  readonly id: string;
  readonly createdAtMs: number;
  readonly secretString: string | undefined;
  /** Base64. */
  readonly secretBinary: string | undefined;
  readonly lastAccessedDayMs: number | undefined;
  /** The KMS keys under which it is encrypted, as the secret named them; undefined for AWS's own. */
  readonly keyIds: readonly (string | undefined)[];
}

export const hasValue = ({ secretString, secretBinary }: SecretVersion): boolean =>
  secretString !== undefined || secretBinary !== undefined;

/**
 * The versions of one secret and the staging labels on them. A label is on one version at most, so
 * it is kept as label -> version id. Source: "What's in a Secrets Manager secret?" (user guide).
 */
export class SecretVersions {
  readonly #versions: Map<string, SecretVersion>;
  readonly #holders: Map<string, string>;

  constructor(
    versions: Iterable<readonly [string, SecretVersion]> = [],
    holders: Iterable<readonly [string, string]> = [],
    private readonly limits = awsLimits,
  ) {
    this.#versions = new Map(versions);
    this.#holders = new Map(holders);
  }

  clone(): SecretVersions {
    return new SecretVersions(this.#versions, this.#holders, this.limits);
  }

  get(id: string): SecretVersion | undefined {
    return this.#versions.get(id);
  }

  /** The id of the version that has the label. */
  holderOf(label: string): string | undefined {
    return this.#holders.get(label);
  }

  /** The labels on a version, sorted; undefined for a deprecated version, as AWS leaves them out. */
  stagesOf(id: string): readonly string[] | undefined {
    const stages: string[] = [];
    for (const [label, holder] of this.#holders) if (holder === id) stages.push(label);
    return stages.length === 0 ? undefined : stages.sort();
  }

  /** Oldest first. */
  all(): IterableIterator<SecretVersion> {
    return this.#versions.values();
  }

  /**
   * Adds a version and moves the given labels to it; the first version gets AWSCURRENT in any case.
   * Throws `LimitExceededException`.
   */
  add(version: SecretVersion, labels: readonly string[]): void {
    this.#checkLabels(labels);
    this.#makeRoom(version.createdAtMs);
    const former = this.#holders.get(currentLabel);
    this.#versions.set(version.id, version);
    for (const label of former === undefined ? [currentLabel, ...labels] : labels) {
      this.#move(label, version.id);
    }
    // Seen on AWS, though undocumented: a new current version also ends an AWSPENDING that its
    // predecessor still had (LocalStack's snapshots recorded against AWS, "current_pending").
    if (former !== this.#holders.get(currentLabel) && former === this.#holders.get(pendingLabel)) {
      this.#holders.delete(pendingLabel);
    }
  }

  /** Gives a known version this value, and moves the labels to it. */
  fill(version: SecretVersion, labels: readonly string[]): void {
    this.#checkLabels(labels);
    this.#versions.set(version.id, version);
    for (const label of labels) this.#move(label, version.id);
  }

  /** Takes a version away, with its labels. */
  remove(id: string): void {
    this.#versions.delete(id);
    for (const [label, holder] of this.#holders) if (holder === id) this.#holders.delete(label);
  }

  /** Moves a label to an existing version. Throws `LimitExceededException`. */
  attach(label: string, id: string): void {
    this.#checkLabels([label]);
    this.#move(label, id);
  }

  detach(label: string): void {
    this.#holders.delete(label);
  }

  /** AWS dates a reading by its day (UTC), not by its time. */
  noteReading(version: SecretVersion, dayMs: number): void {
    if (version.lastAccessedDayMs === dayMs) return;
    this.#versions.set(version.id, { ...version, lastAccessedDayMs: dayMs });
  }

  /**
   * Encrypts what has one of AWS's labels under one more key: "Secrets Manager re-encrypts AWSCURRENT,
   * AWSPENDING, and AWSPREVIOUS versions with the new key", and keeps them under the one before ("Change
   * the encryption key for an AWS Secrets Manager secret", user guide).
   */
  encryptUnder(keyId: string | undefined): void {
    for (const label of [currentLabel, pendingLabel, previousLabel]) {
      const version = this.#versions.get(this.#holders.get(label) ?? '');
      if (version === undefined || version.keyIds.includes(keyId)) continue;
      this.#versions.set(version.id, { ...version, keyIds: [...version.keyIds, keyId] });
    }
  }

  #move(label: string, id: string): void {
    const former = this.#holders.get(label);
    if (former === id) return;
    this.#holders.set(label, id);
    if (label === currentLabel && former !== undefined) this.#holders.set(previousLabel, former);
  }

  /** "AWS Secrets Manager quotas": 20 labels "attached across all versions of a secret". */
  #checkLabels(labels: readonly string[]): void {
    if (new Set([...this.#holders.keys(), ...labels]).size > maxLabels) throw quotaExceeded();
  }

  #makeRoom(nowMs: number): void {
    const { most, leastAgeMs } = this.limits;
    if (this.#versions.size < most) return;
    const labelled = new Set(this.#holders.values());
    for (const { id, createdAtMs } of this.#versions.values()) {
      if (this.#versions.size < most) return;
      if (!labelled.has(id) && nowMs - createdAtMs > leastAgeMs) this.#versions.delete(id);
    }
    if (this.#versions.size >= most) throw quotaExceeded();
  }
}
