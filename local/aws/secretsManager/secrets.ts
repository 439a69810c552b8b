import { accountId } from '../account';
import { markedForDeletion, secretNotFound } from './secretsManagerErrors';
import { SecretVersions, type VersionLimits } from './secretVersions';

/** As RotateSecret configures it. */
export interface SecretRotation {
  readonly lambdaArn: string;
  readonly rules: {
    readonly AutomaticallyAfterDays?: number | undefined;
    readonly Duration?: string | undefined;
    readonly ScheduleExpression?: string | undefined;
  };
}

/** A secret's metadata and its versions. Times are milliseconds since the epoch. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly tags: Map<string, string>;
  readonly versions: SecretVersions;
  description: string | undefined;
  kmsKeyId: string | undefined;
  changedAtMs: number;
  lastAccessedDayMs: number | undefined;
  /** The function that rotates it, by RotateSecret; undefined if none was named. */
  rotation: SecretRotation | undefined;
  lastRotatedAtMs: number | undefined;
  /** When the recovery window ends; undefined for a secret that is not marked for deletion. */
  deletionAtMs: number | undefined;
}

/** Six characters that differ for each secret ever created, also under the same name. */
function arnSuffix(name: string, nth: number): string {
  let hash = 0x811c9dc5; // FNV-1a: a suffix that needs no source of randomness
  for (const char of `${nth} ${name}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(36).padStart(6, '0').slice(-6);
}

/** The secrets of an account, found as AWS finds them. */
export class Secrets {
  readonly #byName = new Map<string, Secret>();
  #created = 0;

  /** `limits`, if they are not AWS's own. */
  constructor(
    private readonly now: () => number,
    private readonly limits?: VersionLimits,
  ) {}

  clone(now: () => number): Secrets {
    const copy = new Secrets(now, this.limits);
    copy.#created = this.#created;
    for (const [name, secret] of this.#byName) {
      const tags = new Map(secret.tags);
      copy.#byName.set(name, { ...secret, tags, versions: secret.versions.clone() });
    }
    return copy;
  }

  create(name: string, region: string): Secret {
    this.#created += 1;
    const suffix = arnSuffix(name, this.#created);
    const secret: Secret = {
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`,
      name,
      createdAtMs: this.now(),
      tags: new Map(),
      versions: new SecretVersions([], [], this.limits),
      description: undefined,
      kmsKeyId: undefined,
      changedAtMs: this.now(),
      lastAccessedDayMs: undefined,
      rotation: undefined,
      lastRotatedAtMs: undefined,
      deletionAtMs: undefined,
    };
    this.#byName.set(name, secret);
    return secret;
  }

  /**
   * By name, by ARN, or by an ARN without its random suffix (a "partial ARN"; API reference,
   * GetSecretValue). A secret whose recovery window is over is gone.
   */
  find(id: string): Secret | undefined {
    const secret = id.startsWith('arn:') ? this.#findByArn(id) : this.#byName.get(id);
    if (secret?.deletionAtMs === undefined || this.now() < secret.deletionAtMs) return secret;
    this.#byName.delete(secret.name);
    return undefined;
  }

  /** As `find`. Throws `ResourceNotFoundException`. */
  get(id: string): Secret {
    const secret = this.find(id);
    if (!secret) throw secretNotFound();
    return secret;
  }

  /** As `get`, for operations that a secret marked for deletion refuses. */
  getUsable(id: string): Secret {
    const secret = this.get(id);
    if (secret.deletionAtMs !== undefined) throw markedForDeletion();
    return secret;
  }

  remove(secret: Secret): void {
    this.#byName.delete(secret.name);
  }

  /** Oldest first. */
  all(): Secret[] {
    return [...this.#byName.keys()].flatMap((name) => this.find(name) ?? []);
  }

  #findByArn(arn: string): Secret | undefined {
    const name = arn.split(':').slice(6).join(':');
    const whole = this.#byName.get(name.replace(/-[^-]{6}$/, ''));
    if (whole?.arn === arn) return whole;
    const partial = this.#byName.get(name);
    return partial?.arn.slice(0, -'-XXXXXX'.length) === arn ? partial : undefined;
  }
}
