import { TokenReaderError } from './tokenReaderError';
import type { Tokens } from './tokens';

const expected = {
  restBaseUrl: ['NoRestBaseUrl', 'rest.marketingcloudapis.com'],
  soapBaseUrl: ['NoSoapBaseUrl', 'soap.marketingcloudapis.com/Service.asmx'],
} as const;

/**
 * Where a token may be sent.
 *
 * @param parse gives undefined for a host that is not Marketing Cloud's
 * @throws TokenReaderError `NoRestBaseUrl`, `NoSoapBaseUrl`
 */
export function baseUrlOf(
  name: 'restBaseUrl' | 'soapBaseUrl',
  parse: (value: string, options: { allowLoopback: boolean }) => string | undefined,
  connection: string,
  tokens: Tokens,
): string {
  const stored = tokens[name];
  // Loopback is this function's own environment: nothing leaves it.
  const url = parse(stored ?? '', { allowLoopback: true });
  if (url !== undefined) return url;
  const problem =
    stored === undefined ? `no ${name}` : `a ${name} of a host that is not Marketing Cloud's`;
  const [code, address] = expected[name];
  throw new TokenReaderError(
    code,
    connection,
    `Connection "${connection}": its token set has ${problem}. Seed it together with the refresh ` +
      `token, as {"refreshToken":"...","${name}":"https://SUBDOMAIN.${address}"}.`,
  );
}
