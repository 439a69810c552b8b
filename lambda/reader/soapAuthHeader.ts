import { TokenReaderError } from './tokenReaderError';
import type { Tokens } from './tokens';

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

/**
 * What goes into `<soap:Header>`, as the FuelSDKs build it of the legacy token (FuelSDK-Python
 * `client.py`, FuelSDK-Ruby `soap.rb`): the token in `<oAuth>`, and beside it a user name and
 * password of "*", which the service's WSDL demands. Send it to `soapBaseUrl`.
 *
 * @throws TokenReaderError `NoLegacyToken`
 */
export function soapAuthHeader(tokens: Pick<Tokens, 'legacyToken'>): string {
  return authHeaderOf(tokens, undefined);
}

/**
 * The same, for a reader that knows its connection.
 *
 * @throws TokenReaderError `NoLegacyToken`, naming the connection
 */
export function authHeaderOf(
  { legacyToken }: Pick<Tokens, 'legacyToken'>,
  connection: string | undefined,
): string {
  if (!legacyToken) {
    throw new TokenReaderError(
      'NoLegacyToken',
      connection,
      `${connection ? `Connection "${connection}": the` : 'The'} token set has no legacyToken, which SOAP ` +
        'needs: the provider gave none at the last refresh. Check that the installed package may use the SOAP API.',
    );
  }
  return (
    `<wsse:Security xmlns:wsse="${wsse}"><wsse:UsernameToken>` +
    '<wsse:Username>*</wsse:Username><wsse:Password>*</wsse:Password>' +
    '</wsse:UsernameToken></wsse:Security>' +
    `<oAuth xmlns="http://exacttarget.com"><oAuthToken>${escaped(legacyToken)}</oAuthToken></oAuth>`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
