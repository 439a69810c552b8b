import { createHash } from 'node:crypto';

/**
 * A token or client secret that cannot be printed by accident: string conversion, JSON and
 * `util.inspect` all give a fingerprint. Only {@link Redacted.reveal} gives the value.
 */
export class Redacted {
  readonly #value: string;
  #fingerprint: string | undefined;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** The first 8 hex digits of the value's SHA-256: enough to distinguish two tokens in a log. */
  get fingerprint(): string {
    this.#fingerprint ??= createHash('sha256').update(this.#value).digest('hex').slice(0, 8);
    return this.#fingerprint;
  }

  equals(other: Redacted): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return `redacted:${this.fingerprint}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
