import type { SimulatedParameterStore } from './parameterStore';
import type { SecretsManager } from './secretsManager';

/** What a stored text holds, read without the rotation's own code. */
export interface StoredText {
  readonly refreshTokens: readonly string[];
  /** Of a text that holds a single token set. */
  readonly accessToken: string | undefined;
  /** When it says that its access token expires; 0 if it does not. */
  readonly expiresAtMs: number;
  readonly isReadable: boolean;
}

/** The tokens that the two stores hold. */
export class Stored {
  readonly #secrets: SecretsManager;
  readonly #parameters: SimulatedParameterStore;
  readonly #escrowName: string;
  readonly #parsed = new Map<string, StoredText>();

  constructor(secrets: SecretsManager, parameters: SimulatedParameterStore, escrowName: string) {
    this.#secrets = secrets;
    this.#parameters = parameters;
    this.#escrowName = escrowName;
  }

  get current(): StoredText | undefined {
    const id = this.#secrets.holderOf('AWSCURRENT');
    return id === undefined ? undefined : this.parse(this.#secrets.get(id)?.text ?? '');
  }

  /**
   * Every refresh token, AWSCURRENT's first; some twice. Not of what Secrets Manager may remove at any
   * time.
   */
  *refreshTokens(): Generator<string> {
    const { current } = this;
    if (current) yield* current.refreshTokens;
    const escrow = this.#parameters.get(this.#escrowName);
    if (escrow) yield* this.parse(escrow.value).refreshTokens;
    for (const { text } of this.#secrets.keptVersions()) {
      yield* this.parse(text).refreshTokens;
    }
  }

  parse(text: string): StoredText {
    const known = this.#parsed.get(text);
    if (known) return known;
    const parsed = parseStored(text);
    this.#parsed.set(text, parsed);
    return parsed;
  }
}

function parseStored(text: string): StoredText {
  const value = parseJson(text);
  const members = (Array.isArray(value) ? value : [value]).filter(
    (member): member is Record<string, unknown> => typeof member === 'object' && member !== null,
  );
  const [first] = members;
  const { accessToken, expiresAt } = (Array.isArray(value) ? undefined : first) ?? {};
  return {
    refreshTokens: members.flatMap(({ refreshToken }) =>
      typeof refreshToken === 'string' ? refreshToken : [],
    ),
    accessToken: typeof accessToken === 'string' ? accessToken : undefined,
    expiresAtMs: typeof expiresAt === 'string' ? Date.parse(expiresAt) : 0,
    isReadable: value !== undefined,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
