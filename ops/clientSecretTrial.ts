import type { ConnectionConfig } from '../lambda/core/connection';
import { RotationError } from '../lambda/core/errors';
import type { Redacted } from '../lambda/core/redacted';
import { exchange } from '../lambda/rotator/exchange';
import type { Context } from './context';
import { operatorRun } from './operatorRun';
import { OpsError } from './opsError';

/**
 * Whether Marketing Cloud takes a client secret. Asked by a request without a refresh token, whose
 * answer depends on the client credentials alone and which spends nothing.
 *
 * @throws OpsError `unavailable`, RotationError `InvalidConfig` where it refuses to talk at all.
 */
export async function tryClientSecret(
  context: Context,
  connection: string,
  { authBaseUrl, clientId }: ConnectionConfig,
  clientSecret: Redacted,
): Promise<'accepted' | 'refused'> {
  try {
    const request = { authBaseUrl, clientId, clientSecret, offline: false };
    const { kind } = await exchange(operatorRun(context, connection), request);
    return kind === 'granted' ? 'accepted' : 'refused';
  } catch (thrown) {
    if (thrown instanceof RotationError && thrown.code === 'ProviderUnavailable') {
      throw new OpsError(
        'unavailable',
        `Marketing Cloud gave no usable answer at ${authBaseUrl}. Nothing was written: try again.`,
        { cause: thrown },
      );
    }
    throw thrown;
  }
}
