import type { ConnectionConfig } from '../../lambda/core/connection';
import { RotationError } from '../../lambda/core/errors';
import { reuseWindowMs } from '../../lambda/core/limits';
import type { Redacted } from '../../lambda/core/redacted';
import { type Exchanged, exchange } from '../../lambda/rotator/exchange';
import { tryClientSecret } from '../clientSecretTrial';
import type { Context } from '../context';
import { operatorRun } from '../operatorRun';
import { OpsError } from '../opsError';
import { isoTime } from '../times';

export type Granted = Extract<Exchanged, { kind: 'granted' }>;

/**
 * Spends the first refresh token, or asks for one, and returns what Marketing Cloud gave. Nothing
 * is stored.
 *
 * @throws OpsError `refused` that tells a bad client secret from a refused refresh token;
 * `unavailable` where no usable answer came.
 */
export async function firstExchange(
  context: Context,
  connection: string,
  config: ConnectionConfig,
  { clientSecret, refreshToken }: { clientSecret: Redacted; refreshToken: Redacted | undefined },
): Promise<Granted> {
  const { authBaseUrl, clientId } = config;
  const startedAtMs = context.clock.now();
  const answer = await ask();
  if (answer.kind === 'granted') {
    if (answer.grant.refreshToken ?? refreshToken) return answer;
    throw new OpsError(
      'refused',
      'Marketing Cloud takes the client secret and gives no refresh token: let the package have ' +
        'offline access. Nothing was stored.',
    );
  }
  const verdict =
    refreshToken === undefined
      ? 'refused'
      : await tryClientSecret(context, connection, config, clientSecret);
  throw verdict === 'refused' ? clientSecretRefused(config) : refreshTokenRefused();

  async function ask(): Promise<Exchanged> {
    try {
      return await exchange(operatorRun(context, connection), {
        authBaseUrl,
        clientId,
        clientSecret,
        offline: true,
        ...(refreshToken === undefined ? {} : { refreshToken }),
      });
    } catch (thrown) {
      if (!(thrown instanceof RotationError) || thrown.code !== 'ProviderUnavailable') throw thrown;
      throw noAnswer(config, refreshToken && startedAtMs + reuseWindowMs, thrown);
    }
  }
}

export function clientSecretRefused({ authBaseUrl, clientId }: ConnectionConfig): OpsError {
  return new OpsError(
    'refused',
    `Marketing Cloud refuses the client secret for the client id ${clientId} at ${authBaseUrl}. ` +
      'Nothing was stored. See the package in Setup, Installed Packages, for both.',
  );
}

function refreshTokenRefused(): OpsError {
  return new OpsError(
    'refused',
    'Marketing Cloud takes the client secret and refuses the refresh token: it was used before, ' +
      'was revoked, is older than 700 days or belongs to another package. Nothing was stored. ' +
      'Log in again for a new one.',
  );
}

function noAnswer(
  { authBaseUrl }: ConnectionConfig,
  sendableUntilMs: number | undefined,
  cause: unknown,
): OpsError {
  const remedy =
    sendableUntilMs === undefined
      ? 'Try again.'
      : 'The refresh token may have been used up. Marketing Cloud takes it again until ' +
        `${isoTime(sendableUntilMs)}: run the same command with the same refresh token before.`;
  return new OpsError(
    'unavailable',
    `Marketing Cloud gave no usable answer at ${authBaseUrl}. Nothing was stored of it. ${remedy}`,
    { cause },
  );
}
