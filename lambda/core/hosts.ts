/** The provider's hosts, to which secrets and tokens may be sent. */

const tenantAuthUrl =
  /^https:\/\/([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.auth\.marketingcloudapis\.com$/;
const sharedAuthUrls = [
  'https://auth.exacttargetapis.com',
  'https://auth-test.exacttargetapis.com',
];
const tenantRestUrl = /^https:\/\/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.rest\.marketingcloudapis\.com$/;
const loopbackUrl = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

export const authBaseUrlRule =
  'must be https://SUBDOMAIN.auth.marketingcloudapis.com, https://auth.exacttargetapis.com or ' +
  'https://auth-test.exacttargetapis.com, without path, user, port or query';

/**
 * The origin to send client secrets to, or undefined for any other host: a secret must never
 * leave for a host that the provider does not own.
 */
export function parseAuthBaseUrl(
  value: string,
  options: { allowLoopback?: boolean } = {},
): string | undefined {
  const origin = value.replace(/\/$/, '').toLowerCase();
  if (tenantAuthUrl.test(origin) || sharedAuthUrls.includes(origin)) return origin;
  if (options.allowLoopback && loopbackUrl.test(origin)) return origin;
  return undefined;
}

/** The REST and SOAP hosts that belong to a token endpoint, where its address tells them. */
export function apiBaseUrls(authBaseUrl: string): { restBaseUrl?: string; soapBaseUrl?: string } {
  const subdomain = tenantAuthUrl.exec(authBaseUrl)?.[1];
  if (subdomain) {
    return {
      restBaseUrl: `https://${subdomain}.rest.marketingcloudapis.com`,
      soapBaseUrl: `https://${subdomain}.soap.marketingcloudapis.com/Service.asmx`,
    };
  }
  if (loopbackUrl.test(authBaseUrl)) {
    return { restBaseUrl: authBaseUrl, soapBaseUrl: `${authBaseUrl}/Service.asmx` };
  }
  return {};
}

/** Whether an access token may be sent there: a stored address is not trusted unseen. */
export function isRestBaseUrl(value: string, options: { allowLoopback: boolean }): boolean {
  return tenantRestUrl.test(value) || (options.allowLoopback && loopbackUrl.test(value));
}
