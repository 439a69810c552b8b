/** The provider's hosts, to which secrets and tokens may be sent. */

const tenantAuthUrl =
  /^https:\/\/([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.auth\.marketingcloudapis\.com$/;
/** Stacks S1 to S10, and the Production Support sandbox. */
const sharedAuthUrls = [
  'https://auth.exacttargetapis.com',
  'https://auth-test.exacttargetapis.com',
];
const tenantRestUrl = /^https:\/\/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.rest\.marketingcloudapis\.com$/;
const sharedRestUrl = 'https://www.exacttargetapis.com';
const tenantSoapUrl =
  /^https:\/\/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.soap\.marketingcloudapis\.com\/service\.asmx$/i;
const sharedSoapUrl = /^https:\/\/webservice(?:\.[a-z0-9-]+)?\.exacttarget\.com\/service\.asmx$/i;
const loopbackUrl = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

export const authBaseUrlRule =
  'must be https://SUBDOMAIN.auth.marketingcloudapis.com, https://auth.exacttargetapis.com or ' +
  'https://auth-test.exacttargetapis.com, without path, user, port or query';

/** Without the slash at its end, in lower case: as hosts are compared. */
const originOf = (value: string) => value.trim().replace(/\/+$/, '').toLowerCase();

/**
 * The origin to send client secrets to, or undefined for any other host: a secret must never
 * leave for a host that the provider does not own.
 */
export function parseAuthBaseUrl(
  value: string,
  options: { allowLoopback?: boolean } = {},
): string | undefined {
  const origin = originOf(value);
  if (tenantAuthUrl.test(origin) || sharedAuthUrls.includes(origin)) return origin;
  if (options.allowLoopback && loopbackUrl.test(origin)) return origin;
  return undefined;
}

/**
 * The REST and SOAP addresses that belong to a token endpoint, as far as its own address says. The
 * SOAP address of a shared host is known from `GET /platform/v1/endpoints` alone.
 */
export function apiBaseUrls(authBaseUrl: string): { restBaseUrl?: string; soapBaseUrl?: string } {
  const subdomain = tenantAuthUrl.exec(authBaseUrl)?.[1];
  if (subdomain) {
    return {
      restBaseUrl: `https://${subdomain}.rest.marketingcloudapis.com`,
      soapBaseUrl: `https://${subdomain}.soap.marketingcloudapis.com/Service.asmx`,
    };
  }
  if (authBaseUrl === sharedAuthUrls[0]) return { restBaseUrl: sharedRestUrl };
  if (loopbackUrl.test(authBaseUrl)) {
    return { restBaseUrl: authBaseUrl, soapBaseUrl: `${authBaseUrl}/Service.asmx` };
  }
  return {};
}

/** Whether an access token may be sent there: a stored address is not trusted unseen. */
export function isRestBaseUrl(value: string, options: { allowLoopback: boolean }): boolean {
  return parseRestBaseUrl(value, options) === value;
}

/** The REST base address, or undefined for a host that the provider does not own. */
export function parseRestBaseUrl(
  value: string,
  options: { allowLoopback: boolean },
): string | undefined {
  const origin = originOf(value);
  const isKnown = tenantRestUrl.test(origin) || origin === sharedRestUrl;
  return isKnown || (options.allowLoopback && loopbackUrl.test(origin)) ? origin : undefined;
}

/**
 * The address of the SOAP interface, or undefined for a host that the provider does not own. A package's
 * page in Setup, and `soap_instance_url`, name the host alone.
 */
export function parseSoapBaseUrl(
  value: string,
  options: { allowLoopback: boolean },
): string | undefined {
  const given = value.trim().replace(/\/+$/, '');
  const address = /\/service\.asmx$/i.test(given) ? given : `${given}/Service.asmx`;
  if (tenantSoapUrl.test(address) || sharedSoapUrl.test(address)) return address;
  const isLoopback = loopbackUrl.test(address.replace(/\/Service\.asmx$/, ''));
  return options.allowLoopback && isLoopback ? address : undefined;
}

/**
 * Whether a login's JWT, whose `authEndpoint` or `apiEndpointBase` is given, can belong to a
 * connection at this token endpoint. A shared host serves many tenants: it contradicts none of them,
 * only the other shared host, the sandbox production and the other way round.
 */
export function isOfSameTenant(authBaseUrl: string, address: string): boolean {
  const isOtherShared = (url: string) => url !== authBaseUrl && hostOf(url) === hostOf(address);
  if (sharedAuthUrls.includes(authBaseUrl) && sharedAuthUrls.some(isOtherShared)) return false;
  const tenant = tenantAuthUrl.exec(authBaseUrl)?.[1];
  const other = /^([a-z0-9-]+)\.(?:auth|rest|soap)\.marketingcloudapis\.com\.?$/.exec(
    hostOf(address),
  )?.[1];
  return tenant === undefined || other === undefined || tenant === other;
}

/** With or without a scheme, a port or a path. */
function hostOf(address: string): string {
  const text = address.trim();
  const url = text.includes('://') ? text : `https://${text}`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}
