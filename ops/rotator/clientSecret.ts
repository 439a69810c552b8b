import type { ConnectionConfig } from '../../lambda/core/connection';
import type { Redacted } from '../../lambda/core/redacted';
import { readClientSecretKeyId } from '../connection/keys';
import type { DecryptedParameters } from '../connection/parameters';
import type { Context } from '../context';
import { isDenied } from '../failures/awsFailure';
import { OpsError } from '../failures/opsError';
import { askProvider, networkRemedy } from './operatorRun';

export type ClientSecretTrial =
  | { readonly verdict: 'accepted' }
  /** The reason is what Marketing Cloud said. */
  | { readonly verdict: 'refused'; readonly reason: string };

/**
 * Whether Marketing Cloud takes a client secret. ProviderReply by a request without a refresh token, whose
 * answer depends on the client credentials alone and which spends nothing.
 *
 * @throws OpsError `unavailable`; `refused` if it refuses to talk at all.
 */
export async function tryClientSecret(
  context: Context,
  connection: string,
  config: ConnectionConfig,
  clientSecret: Redacted,
): Promise<ClientSecretTrial> {
  const { authBaseUrl, clientId } = config;
  const request = { authBaseUrl, clientId, clientSecret, offline: false };
  const answer = await askProvider(context, connection, request);
  switch (answer.kind) {
    case 'granted':
      return { verdict: 'accepted' };
    case 'refused':
      return { verdict: 'refused', reason: answer.reason };
    case 'rejected':
      throw requestRejected(config, answer);
    case 'notSent':
      throw new OpsError(
        'unavailable',
        `Marketing Cloud could not be asked: ${answer.reason}. Nothing was sent, nor written. ` +
          `${networkRemedy(authBaseUrl)}.`,
      );
    case 'unanswered':
      throw new OpsError(
        'unavailable',
        `Marketing Cloud gave no usable answer at ${authBaseUrl}; the last one: ${answer.reason}. ` +
          'Nothing was written: try again.',
      );
  }
}

/** A request that will never work, in Marketing Cloud's own words. */
export function requestRejected(
  { authBaseUrl, clientId }: ConnectionConfig,
  { reason, isEnhancedPackage }: { readonly reason: string; readonly isEnhancedPackage: boolean },
): OpsError {
  const remedy = isEnhancedPackage
    ? 'Give the client id of a legacy package'
    : 'See the package in Setup, Installed Packages, for both';
  return new OpsError(
    'refused',
    `Marketing Cloud turns down the token request for the client id ${clientId} at ${authBaseUrl}: ` +
      `${reason}. Nothing was stored. ${remedy}.`,
  );
}

/**
 * Writes a client secret, staged or in use, under the key that the one in use has: PutParameter
 * takes the account's own `aws/ssm` if none is named (AWS Systems Manager API Reference).
 *
 * @param parameters what was there before
 * @throws StoreFailure; OpsError `unavailable` if that key cannot be looked up; what else AWS
 * answers to the question for it
 */
export async function storeClientSecret(
  context: Context,
  connection: string,
  parameters: DecryptedParameters,
  parameterName: string,
  clientSecret: Redacted,
): Promise<void> {
  const keyId = await keyInUse(context, connection, parameters);
  await context.parameterStore.writeSecure(parameterName, clientSecret.reveal(), {
    overwrite: true,
    ...(keyId === undefined ? {} : { keyId }),
  });
}

async function keyInUse(
  context: Context,
  connection: string,
  { clientSecret, names }: DecryptedParameters,
): Promise<string | undefined> {
  try {
    return await readClientSecretKeyId(context, connection);
  } catch (thrown) {
    if (!isDenied(thrown)) throw thrown;
    if (clientSecret === undefined) return undefined;
    throw new OpsError(
      'unavailable',
      `The key of ${names.clientSecret} cannot be looked up, so the client secret was not written: ` +
        'it could come under another key. Have ssm:GetParameterHistory on this parameter allowed ' +
        `to you. ${(thrown as Error).message}`,
      { cause: thrown },
    );
  }
}
