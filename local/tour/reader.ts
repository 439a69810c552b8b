import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expectEqual, expectThat } from './expectation';
import { duration } from './time';
import { connection, type TourWorld } from './world';

/** The members of the token set that a reader needs. */
interface TokenSet {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly restBaseUrl: string;
}

/** Another Lambda: it knows nothing but the secret's name, and calls the provider's API. */
export class Reader {
  readings = 0;
  shortestLifeMs = Number.POSITIVE_INFINITY;

  constructor(private readonly world: TourWorld) {}

  /**
   * Reads the token with a plain GetSecretValue and uses it, as any reader would at this moment.
   * Gives the token's life that is left, undefined if there is no token, and the status of the
   * provider's API, undefined if nothing was sent because the token is expired.
   *
   * @throws the SDK's error if the secret cannot be read.
   */
  async read(): Promise<{
    readonly leftMs: number | undefined;
    readonly status: number | undefined;
  }> {
    const { secretsManager } = this.world.clients;
    const secret = await secretsManager.send(
      new GetSecretValueCommand({ SecretId: `sfmc/${connection}` }),
    );
    const tokens: Partial<TokenSet> = JSON.parse(secret.SecretString ?? '{}');
    if (tokens.accessToken === undefined) return { leftMs: undefined, status: undefined };
    const leftMs = Date.parse(tokens.expiresAt ?? '') - this.world.now();
    if (!(leftMs > 0)) return { leftMs, status: undefined };

    const { status } = await fetch(`${tokens.restBaseUrl}/platform/v1/tokenContext`, {
      headers: { authorization: `Bearer ${tokens.accessToken}` },
    });
    return { leftMs, status };
  }

  /**
   * Reads as the story demands it: with success. Gives the token's life that is left and the API's
   * status.
   *
   * @throws ExpectationFailed if there is no token, it is expired, or the provider refuses it.
   */
  async readAndUse(): Promise<{ readonly leftMs: number; readonly status: number }> {
    const { leftMs = Number.NaN, status } = await this.read();
    expectThat('a reader finds an access token', !Number.isNaN(leftMs));
    expectThat(`a reader's token is not expired (left: ${duration(leftMs)})`, leftMs > 0);
    expectEqual("the provider's answer to a reader's token", status, 202);
    this.readings += 1;
    this.shortestLifeMs = Math.min(this.shortestLifeMs, leftMs);
    return { leftMs, status: 202 };
  }
}
