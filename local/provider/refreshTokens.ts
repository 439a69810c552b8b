import { reuseWindowMs } from '../../lambda/core/limits';

/** "Valid for up to 700 days", counted from issue. */
const refreshTokenLifetimeMs = 700 * 24 * 3_600_000;

/**
 * What a second use of a refresh token within its window does. Salesforce documents the window but
 * not this; other authorization servers do each of the three.
 *
 * - `same-successor`: returns the successor of the first use again.
 * - `another-successor`: returns a new successor; both stay valid.
 * - `revokes-first`: returns a new successor and revokes the earlier ones with all their
 *   descendants.
 */
export const secondUses = ['same-successor', 'another-successor', 'revokes-first'] as const;
export type SecondUse = (typeof secondUses)[number];

/** Whose tokens a chain yields: a user's, from an SSO login, or the package's own. */
export type TokenContext = 'user' | 'client-credentials';

/** `unused` and `used` say nothing about age: ask `accepts` whether a request would succeed. */
export type RefreshTokenState =
  | { readonly state: 'unused' | 'revoked' | 'unknown' }
  | {
      readonly state: 'used';
      readonly firstUsedAtMs: number;
      /** In the order of issue; empty while every use went without `accessType: offline`. */
      readonly successors: readonly string[];
    };

/** One refresh token as it is listed. */
export type RefreshTokenEntry = RefreshTokenState & {
  readonly token: string;
  readonly chain: number;
  readonly context: TokenContext;
  readonly issuedAtMs: number;
};

interface RefreshToken {
  readonly token: string;
  readonly chain: number;
  readonly context: TokenContext;
  readonly issuedAtMs: number;
  readonly successors: RefreshToken[];
  firstUsedAtMs: number | undefined;
  revoked: boolean;
}

/**
 * Every refresh token of one installed package: single use, except for a window of five minutes that
 * begins with the first use; 700 days of life, one successor or more.
 *
 * Source: Salesforce Marketing Cloud Engagement, "requestToken Reference for Legacy Packages".
 */
export class RefreshTokens {
  secondUse: SecondUse;
  readonly #byToken = new Map<string, RefreshToken>();
  readonly #nextId: () => string;
  #chains = 0;

  constructor(
    nextId: () => string,
    secondUse: SecondUse,
    private readonly windowMs = reuseWindowMs,
  ) {
    this.#nextId = nextId;
    this.secondUse = secondUse;
  }

  /** Begins a chain and returns its first refresh token. */
  startChain(context: TokenContext, nowMs: number): string {
    this.#chains += 1;
    return this.#issue(this.#chains, context, nowMs).token;
  }

  accepts(token: string, nowMs: number): boolean {
    const found = this.#byToken.get(token);
    return found !== undefined && this.#isAccepted(found, nowMs);
  }

  /**
   * Uses a refresh token; `undefined` when it is refused, which changes nothing. A use that does
   * not want a successor consumes the token all the same.
   */
  use(
    token: string,
    nowMs: number,
    wantsSuccessor: boolean,
  ): { readonly context: TokenContext; readonly successor: string | undefined } | undefined {
    const used = this.#byToken.get(token);
    if (used === undefined || !this.#isAccepted(used, nowMs)) return undefined;
    used.firstUsedAtMs ??= nowMs;
    if (this.secondUse === 'revokes-first') revokeAll(used.successors);
    const { context } = used;
    if (!wantsSuccessor) return { context, successor: undefined };
    if (this.secondUse === 'same-successor') {
      const first = used.successors.find((successor) => !successor.revoked);
      if (first !== undefined) return { context, successor: first.token };
    }
    const successor = this.#issue(used.chain, context, nowMs);
    used.successors.push(successor);
    return { context, successor: successor.token };
  }

  state(token: string): RefreshTokenState {
    const found = this.#byToken.get(token);
    return found === undefined ? { state: 'unknown' } : stateOf(found);
  }

  /** All that were ever issued, in the order of issue. */
  list(): RefreshTokenEntry[] {
    return Array.from(this.#byToken.values(), (entry) => ({
      token: entry.token,
      chain: entry.chain,
      context: entry.context,
      issuedAtMs: entry.issuedAtMs,
      ...stateOf(entry),
    }));
  }

  /** Revokes every token of the chain that this one belongs to, as an administrator can. */
  revokeChain(token: string): void {
    const chain = this.#byToken.get(token)?.chain;
    for (const entry of this.#byToken.values()) {
      if (entry.chain === chain) entry.revoked = true;
    }
  }

  #isAccepted(token: RefreshToken, nowMs: number): boolean {
    if (token.revoked || nowMs >= token.issuedAtMs + refreshTokenLifetimeMs) return false;
    return token.firstUsedAtMs === undefined || nowMs < token.firstUsedAtMs + this.windowMs;
  }

  #issue(chain: number, context: TokenContext, nowMs: number): RefreshToken {
    const issued: RefreshToken = {
      token: this.#nextId(),
      chain,
      context,
      issuedAtMs: nowMs,
      successors: [],
      firstUsedAtMs: undefined,
      revoked: false,
    };
    this.#byToken.set(issued.token, issued);
    return issued;
  }
}

function stateOf(token: RefreshToken): RefreshTokenState {
  if (token.revoked) return { state: 'revoked' };
  if (token.firstUsedAtMs === undefined) return { state: 'unused' };
  const successors = token.successors.map((successor) => successor.token);
  return { state: 'used', firstUsedAtMs: token.firstUsedAtMs, successors };
}

function revokeAll(tokens: readonly RefreshToken[]): void {
  const pending = [...tokens];
  for (let token = pending.pop(); token !== undefined; token = pending.pop()) {
    // Descendants of a revoked token are revoked already, and no longer grow.
    if (token.revoked) continue;
    token.revoked = true;
    pending.push(...token.successors);
  }
}
