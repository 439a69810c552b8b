import * as v from 'valibot';
import { RotationError } from './errors';
import { authBaseUrlRule, parseAuthBaseUrl } from './hosts';
import { objectOf, parseJson, trimTyped, typedText, typedToken, validate } from './validate';

/** What a connection may do when no stored refresh token is accepted any more. */
export type OnBrokenChain = 'reissue' | 'alarm';

/** One legacy installed package in one context, as `/sfmc/NAME/config` describes it. */
export interface ConnectionConfig {
  /** Origin of the token endpoint, without a trailing slash. */
  readonly authBaseUrl: string;
  readonly clientId: string;
  readonly onBrokenChain: OnBrokenChain;
}

const configSchema = objectOf({
  authBaseUrl: typedText,
  // Visible ASCII: it is printed on operators' terminals.
  clientId: typedToken,
  onBrokenChain: v.optional(
    v.pipe(
      v.string('must be a string'),
      v.transform(trimTyped),
      v.picklist(['reissue', 'alarm'], 'must be "reissue" or "alarm"'),
    ),
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
  const json = parseJson(trimTyped(text));
  if (!json.ok) throw invalid('its config is not JSON');
  const config = validate(configSchema, json.value);
  if (!config.ok) throw invalid(`its config's ${config.field || 'value'} ${config.problem}`);
  const authBaseUrl = parseAuthBaseUrl(config.value.authBaseUrl, options);
  if (authBaseUrl === undefined) throw invalid(`its config's authBaseUrl ${authBaseUrlRule}`);
  return { ...config.value, authBaseUrl };
}
