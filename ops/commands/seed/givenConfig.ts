import type { OnBrokenChain } from '../../../lambda/core/connection';
import { authBaseUrlRule, parseAuthBaseUrl } from '../../../lambda/core/hosts';
import { tokenText, trimTyped, validate } from '../../../lambda/core/validate';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import type { GivenConfig } from './seedPlan';

export interface SeedCommandOptions {
  readonly replace?: true;
  readonly stdin?: true;
  readonly jwt?: true;
  readonly authBaseUrl?: string;
  readonly clientId?: string;
  readonly onBrokenChain?: OnBrokenChain;
}

/** @throws OpsError `usage` */
export function givenConfig(
  { authBaseUrl, clientId: typedId = '', onBrokenChain }: SeedCommandOptions,
  { settings }: Context,
): GivenConfig | undefined {
  const clientId = trimTyped(typedId);
  if (!authBaseUrl && !clientId && !onBrokenChain) return undefined;
  if (!authBaseUrl || !clientId) {
    throw new OpsError('usage', 'Give --auth-base-url and --client-id together.');
  }
  const origin = parseAuthBaseUrl(authBaseUrl, { allowLoopback: settings.allowLoopbackProvider });
  if (origin === undefined) throw new OpsError('usage', `--auth-base-url ${authBaseUrlRule}.`);
  if (!validate(tokenText, clientId).ok) {
    throw new OpsError('usage', '--client-id must be of visible ASCII characters.');
  }
  return {
    authBaseUrl: origin,
    clientId,
    ...(onBrokenChain === undefined ? {} : { onBrokenChain }),
  };
}
