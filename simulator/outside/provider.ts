/**
 * What a second use of a refresh token within its five minutes does. The provider's reference does
 * not say; other authorization servers do each of these.
 *
 * - `same-successor`: it brings the first one's successor again.
 * - `another-successor`: it brings a second one; both are valid.
 * - `revokes-successor`: it brings a second one and revokes the first, if not what came of that.
 * - `revokes-descent`: it revokes all that came of the first one as well.
 */
export const secondUses = [
  'same-successor',
  'another-successor',
  'revokes-successor',
  'revokes-descent',
] as const;
export type SecondUse = (typeof secondUses)[number];

/** "For 5 minutes after its first use" (API reference of the legacy `requestToken`). */
export const windowMs = 5 * 60_000;
const refreshTokenLifeMs = 700 * 24 * 3_600_000;
export const accessTokenLifeMs = 3_600_000;

export interface RefreshToken {
  readonly text: string;
  /** 1 for the first chain; a later one has a higher number. */
  readonly chain: number;
  readonly parent: RefreshToken | undefined;
  readonly issuedAtMs: number;
  readonly successors: RefreshToken[];
  firstUsedAtMs: number | undefined;
  isRevoked: boolean;
  /** Whether an answer has brought it to anybody. */
  isReceived: boolean;
}

/** A request of good form. */
export interface ProviderRequest {
  readonly clientSecret: string;
  readonly refreshToken: string | undefined;
  readonly isOffline: boolean;
}

export interface Grant {
  readonly accessToken: string;
  readonly legacyToken: string;
  readonly refreshToken: string | undefined;
  readonly lifeMs: number;
}

export interface ProviderOptions {
  readonly secondUse: SecondUse;
  /** Off: no answer to a refresh has a refresh token, and none is ever used up. @default true */
  readonly rotates?: boolean;
  /** Characters of a token. @default as few as make it unique */
  readonly tokenLength?: number;
}

/** The provider as one package sees it: client secrets, chains of refresh tokens, access tokens. */
export class Provider {
  readonly acceptedSecrets = new Set<string>();
  /**
   * How often a refresh token was used once more though somebody has received its successor. Nothing
   * else depends on `secondUse`: what became of a successor that nobody knows makes no difference.
   */
  secondUses = 0;
  readonly #options: ProviderOptions;
  readonly #refreshTokens = new Map<string, RefreshToken>();
  /** Until when each is valid. */
  readonly #accessTokens = new Map<string, number>();
  #chains = 0;
  #issued = 0;

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  get newestChain(): number {
    return this.#chains;
  }

  /** Begins a chain, as a login does. */
  startChain(atMs: number): string {
    this.#chains += 1;
    return this.#issue(this.#chains, undefined, atMs).text;
  }

  /** Answers a request; undefined where it is refused, which takes nothing up. */
  requestToken(
    request: ProviderRequest,
    atMs: number,
    lifeMs = accessTokenLifeMs,
  ): Grant | undefined {
    if (!this.acceptedSecrets.has(request.clientSecret)) return undefined;
    if (request.refreshToken === undefined) {
      return this.#grant(request.isOffline ? this.startChain(atMs) : undefined, atMs, lifeMs);
    }
    const token = this.#refreshTokens.get(request.refreshToken);
    if (token === undefined || !this.#isAccepted(token, atMs)) return undefined;
    if (this.#options.rotates === false) return this.#grant(undefined, atMs, lifeMs);
    const successor = this.#use(token, request.isOffline, atMs);
    return this.#grant(successor?.text, atMs, lifeMs);
  }

  /** An access token that an earlier request brought. */
  issueAccessToken(atMs: number, lifeMs: number): Grant {
    return this.#grant(undefined, atMs, lifeMs);
  }

  /** An answer has brought a refresh token to somebody. */
  noteReceived(refreshToken: string): void {
    const token = this.#refreshTokens.get(refreshToken);
    if (token) token.isReceived = true;
  }

  refreshTokens(): IterableIterator<RefreshToken> {
    return this.#refreshTokens.values();
  }

  find(refreshToken: string): RefreshToken | undefined {
    return this.#refreshTokens.get(refreshToken);
  }

  /** Whether a request with it and with good credentials would be granted. */
  accepts(refreshToken: string, atMs: number): boolean {
    const token = this.#refreshTokens.get(refreshToken);
    return token !== undefined && this.#isAccepted(token, atMs);
  }

  /** Until when an access token is valid; undefined where it was never issued. */
  validUntilMs(accessToken: string): number | undefined {
    return this.#accessTokens.get(accessToken);
  }

  /** As an administrator does. */
  revokeChain(chain: number): void {
    for (const token of this.#refreshTokens.values()) {
      if (token.chain === chain) token.isRevoked = true;
    }
  }

  #isAccepted(token: RefreshToken, atMs: number): boolean {
    if (token.isRevoked || atMs >= token.issuedAtMs + refreshTokenLifeMs) return false;
    return token.firstUsedAtMs === undefined || atMs < token.firstUsedAtMs + windowMs;
  }

  #use(token: RefreshToken, isOffline: boolean, atMs: number): RefreshToken | undefined {
    const { secondUse } = this.#options;
    if (token.successors.some(({ isReceived }) => isReceived)) this.secondUses += 1;
    token.firstUsedAtMs ??= atMs;
    if (secondUse === 'revokes-successor') for (const one of token.successors) one.isRevoked = true;
    if (secondUse === 'revokes-descent') revokeAll(token.successors);
    if (!isOffline) return undefined;
    if (secondUse === 'same-successor') {
      const first = token.successors.find(({ isRevoked }) => !isRevoked);
      if (first) return first;
    }
    const successor = this.#issue(token.chain, token, atMs);
    token.successors.push(successor);
    return successor;
  }

  #issue(chain: number, parent: RefreshToken | undefined, atMs: number): RefreshToken {
    const token: RefreshToken = {
      text: this.#nextText('refresh'),
      chain,
      parent,
      issuedAtMs: atMs,
      successors: [],
      firstUsedAtMs: undefined,
      isRevoked: false,
      isReceived: false,
    };
    this.#refreshTokens.set(token.text, token);
    return token;
  }

  #grant(refreshToken: string | undefined, atMs: number, lifeMs: number): Grant {
    const accessToken = this.#nextText('access');
    this.#accessTokens.set(accessToken, atMs + lifeMs);
    return { accessToken, legacyToken: this.#nextText('legacy'), refreshToken, lifeMs };
  }

  #nextText(kind: string): string {
    this.#issued += 1;
    return `${kind}-${this.#issued}`.padEnd(this.#options.tokenLength ?? 0, '-');
  }
}

function revokeAll(tokens: readonly RefreshToken[]): void {
  for (const token of tokens) {
    token.isRevoked = true;
    revokeAll(token.successors);
  }
}
