import * as v from 'valibot';
import { RotationError } from './errors';
import { objectOf, parseJson, requiredText, validate } from './validate';

/** What a connection may do when no stored refresh token is accepted any more. */
export type OnBrokenChain = 'reissue' | 'alarm';

/** One legacy installed package in one context, as `/sfmc/NAME/config` describes it. */
export interface ConnectionConfig {
  /** Origin of the token endpoint, without a trailing slash. */
  readonly authBaseUrl: string;
  readonly clientId: string;
  readonly onBrokenChain: OnBrokenChain;
}

export const connectionNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const connectionNameRule =
  'must be 1 to 63 lower-case letters, digits or hyphens, and begin with a letter or digit';

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

const configSchema = objectOf({
  authBaseUrl: requiredText,
  clientId: requiredText,
  onBrokenChain: v.optional(
    v.picklist(['reissue', 'alarm'], 'must be "reissue" or "alarm"'),
    'alarm',
  ),
});

/**
 * Reads the text of a connection's config parameter.
 *
 * @throws RotationError `InvalidConfig`, naming the connection, the field and the remedy.
 */
export function parseConnectionConfig(
  connection: string,
  parameterName: string,
  text: string,
  options: { allowLoopback: boolean },
): ConnectionConfig {
  const invalid = (problem: string) =>
    new RotationError(
      'InvalidConfig',
      `Connection "${connection}": ${problem}. Correct the parameter ${parameterName}.`,
    );
  const json = parseJson(text);
  if (!json.ok) throw invalid('its config is not JSON');
  const config = validate(configSchema, json.value);
  if (!config.ok) throw invalid(`its config's ${config.field || 'value'} ${config.problem}`);
  const authBaseUrl = parseAuthBaseUrl(config.value.authBaseUrl, options);
  if (authBaseUrl === undefined) throw invalid(`its config's authBaseUrl ${authBaseUrlRule}`);
  return { ...config.value, authBaseUrl };
}
