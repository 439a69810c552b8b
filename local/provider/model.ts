import { usualTokenLifeMs } from '../../lambda/core/limits';
import { ClientSecrets } from './clientSecrets';
import {
  type RefreshTokenEntry,
  type RefreshTokenState,
  RefreshTokens,
  type SecondUse,
  type TokenContext,
} from './refreshTokens';

/** The fields of a token request; `legacy` is the query parameter `legacy=1`. */
export interface TokenRequestFields {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly accessType?: string | undefined;
  readonly scope?: string | undefined;
  readonly legacy?: boolean | undefined;
}

/** The body of a 200. `expiresIn` is in seconds. */
export interface TokenGrant {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly legacyToken?: string;
  readonly refreshToken?: string;
}

/** The body of an error answer. */
export interface ErrorBody {
  readonly message: string;
  readonly errorcode: number;
  readonly documentation: string;
}

export type TokenAnswer =
  | { readonly status: 200; readonly body: TokenGrant }
  | { readonly status: 400 | 401 | 415; readonly body: ErrorBody };

export interface ProviderModelOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Yields every token; must never repeat itself. */
  readonly nextId: () => string;
  /** @default 'same-successor' */
  readonly secondUse?: SecondUse | undefined;
  /**
   * Whether a new access token ends the package's previous one early. A Salesforce help article
   * (000230262) hints at it; no reference confirms it.
   * @default false
   */
  readonly newTokenEndsPrevious?: boolean | undefined;
  /**
   * How long a refresh token stays usable after its first use: seconds, for tests in real time.
   * @default 5 minutes
   */
  readonly reuseWindowMs?: number | undefined;
  /** @default an hour: "the default value of 3600 seconds cannot be changed" */
  readonly accessTokenLifeMs?: number | undefined;
}

interface IssuedAccessToken {
  readonly context: TokenContext;
  expiresAtMs: number;
}

/**
 * The provider as seen by one installed package: its credentials, refresh-token chains and access
 * tokens. Pure: no I/O, no clock, no randomness of its own. Revoking a refresh token leaves the
 * access tokens that it yielded alone.
 *
 * Source: Salesforce Marketing Cloud Engagement, "requestToken Reference for Legacy Packages".
 */
export class ProviderModel {
  readonly clientSecrets: ClientSecrets;
  newTokenEndsPrevious: boolean;
  readonly #clientId: string;
  readonly #nextId: () => string;
  readonly #accessTokenLifeMs: number;
  readonly #refreshTokens: RefreshTokens;
  readonly #accessTokens = new Map<string, IssuedAccessToken>();
  readonly #legacyTokens = new Map<string, IssuedAccessToken>();
  #latest: IssuedAccessToken | undefined;

  constructor(options: ProviderModelOptions) {
    this.clientSecrets = new ClientSecrets(options.clientSecret);
    this.newTokenEndsPrevious = options.newTokenEndsPrevious ?? false;
    this.#clientId = options.clientId;
    this.#nextId = options.nextId;
    this.#accessTokenLifeMs = options.accessTokenLifeMs ?? usualTokenLifeMs;
    this.#refreshTokens = new RefreshTokens(
      options.nextId,
      options.secondUse ?? 'same-successor',
      options.reuseWindowMs,
    );
  }

  get secondUse(): SecondUse {
    return this.#refreshTokens.secondUse;
  }

  set secondUse(secondUse: SecondUse) {
    this.#refreshTokens.secondUse = secondUse;
  }

  /** Begins a chain outside any request, as an SSO login does; returns its first refresh token. */
  startChain(context: TokenContext, nowMs: number): string {
    return this.#refreshTokens.startChain(context, nowMs);
  }

  /** Answers one token request and takes its effects. */
  requestToken(request: TokenRequestFields, nowMs: number): TokenAnswer {
    const { clientId, clientSecret, refreshToken, scope } = request;
    if (!clientId || !clientSecret) return badRequest('clientId and clientSecret are required');
    if (clientId !== this.#clientId || !this.clientSecrets.accepts(clientSecret, nowMs)) {
      return unauthorized;
    }
    const isOffline = request.accessType === 'offline';
    if (refreshToken === undefined) {
      const context = 'client-credentials';
      const first = isOffline ? this.startChain(context, nowMs) : undefined;
      return this.#grant(context, first, request.legacy, nowMs);
    }
    // The pair never worked in the field: FuelSDK-Python issue 39.
    if (scope !== undefined) return unauthorized;
    const use = this.#refreshTokens.use(refreshToken, nowMs, isOffline);
    return use === undefined
      ? unauthorized
      : this.#grant(use.context, use.successor, request.legacy, nowMs);
  }

  /** Whether a request with this refresh token and good credentials would succeed now. */
  accepts(refreshToken: string, nowMs: number): boolean {
    return this.#refreshTokens.accepts(refreshToken, nowMs);
  }

  refreshTokenState(refreshToken: string): RefreshTokenState {
    return this.#refreshTokens.state(refreshToken);
  }

  /** Every refresh token ever issued, in the order of issue. */
  refreshTokens(): RefreshTokenEntry[] {
    return this.#refreshTokens.list();
  }

  /** Revokes every refresh token of the chain that this one belongs to. */
  revokeChain(refreshToken: string): void {
    this.#refreshTokens.revokeChain(refreshToken);
  }

  isAccessTokenValid(accessToken: string, nowMs: number): boolean {
    return isLive(this.#accessTokens.get(accessToken), nowMs);
  }

  isLegacyTokenValid(legacyToken: string, nowMs: number): boolean {
    return isLive(this.#legacyTokens.get(legacyToken), nowMs);
  }

  /** Whose token it is; `undefined` for one that was never issued. Expired ones are remembered. */
  accessTokenContext(accessToken: string): TokenContext | undefined {
    return this.#accessTokens.get(accessToken)?.context;
  }

  #grant(
    context: TokenContext,
    refreshToken: string | undefined,
    legacy: boolean | undefined,
    nowMs: number,
  ): TokenAnswer {
    const issued = { context, expiresAtMs: nowMs + this.#accessTokenLifeMs };
    if (this.newTokenEndsPrevious && this.#latest !== undefined) {
      this.#latest.expiresAtMs = Math.min(this.#latest.expiresAtMs, nowMs);
    }
    this.#latest = issued;
    const accessToken = this.#nextId();
    this.#accessTokens.set(accessToken, issued);
    const legacyToken = legacy ? this.#nextId() : undefined;
    if (legacyToken !== undefined) this.#legacyTokens.set(legacyToken, issued);
    return {
      status: 200,
      body: {
        accessToken,
        expiresIn: this.#accessTokenLifeMs / 1000,
        ...(legacyToken !== undefined && { legacyToken }),
        ...(refreshToken !== undefined && { refreshToken }),
      },
    };
  }
}

const unauthorized: TokenAnswer = {
  status: 401,
  body: { message: 'Unauthorized', errorcode: 1, documentation: '' },
};

/** The answer to a request that can never work. */
export function badRequest(message: string): TokenAnswer {
  return { status: 400, body: { message, errorcode: 0, documentation: '' } };
}

function isLive(issued: IssuedAccessToken | undefined, nowMs: number): boolean {
  return issued !== undefined && nowMs < issued.expiresAtMs;
}
