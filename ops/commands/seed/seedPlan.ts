import type { ConnectionConfig, OnBrokenChain } from '../../../lambda/core/connection';
import { authBaseUrlRule, parseAuthBaseUrl } from '../../../lambda/core/hosts';
import { trimTyped, typedToken, validate } from '../../../lambda/core/validate';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { timeText } from '../../terminal/text';
import { connectionNotFound } from '../chosenConnections';
import type { SeedTarget } from './seedTarget';

/** What a seeding will do, or why it will not. */
export type SeedPlan =
  /** Try a refresh token, and store what it brings. */
  | { readonly do: 'startChain'; readonly config: ConnectionConfig; readonly make: Missing }
  /** The chain is there, perhaps parked; something beside it is not. */
  | { readonly do: 'completeChain'; readonly config: ConnectionConfig; readonly make: Missing }
  | { readonly do: 'refuse'; readonly because: 'chain' | 'config' }
  | { readonly do: 'fail'; readonly because: 'unknownConnection' | 'noSecret' };

/** The config that a command line names. */
export interface GivenConfig {
  readonly authBaseUrl: string;
  readonly clientId: string;
  readonly onBrokenChain?: OnBrokenChain;
}

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
  const id = validate(typedToken, clientId);
  if (!id.ok) throw new OpsError('usage', `--client-id ${id.problem}.`);
  return {
    authBaseUrl: origin,
    clientId,
    ...(onBrokenChain === undefined ? {} : { onBrokenChain }),
  };
}

/** What has to be made. */
export interface Missing {
  readonly config: boolean;
  readonly secret: boolean;
}

/**
 * Decides what a seeding may do. A stored refresh token may be the only live one: it is replaced
 * on demand alone. The stack's config is never changed.
 *
 * @param given the config of the command line
 */
export function planSeeding(
  target: SeedTarget,
  given: GivenConfig | undefined,
  replace: boolean,
): SeedPlan {
  const { parameters, secretExists, chain } = target;
  const { config: stored } = parameters;
  if (stored && given && differs(stored, given)) return { do: 'refuse', because: 'config' };
  const config = stored ?? (given && { onBrokenChain: 'alarm', ...given });
  if (config === undefined) return { do: 'fail', because: 'unknownConnection' };
  if (!secretExists && given === undefined) return { do: 'fail', because: 'noSecret' };
  const make = { config: stored === undefined, secret: !secretExists };
  if (chain === undefined || replace) return { do: 'startChain', config, make };
  const isComplete = parameters.clientSecret !== undefined && !make.config && !chain.isParked;
  if (isComplete) return { do: 'refuse', because: 'chain' };
  return { do: 'completeChain', config, make };
}

function differs(stored: ConnectionConfig, given: GivenConfig): boolean {
  const { authBaseUrl, clientId, onBrokenChain = stored.onBrokenChain } = given;
  return (
    authBaseUrl !== stored.authBaseUrl ||
    clientId !== stored.clientId ||
    onBrokenChain !== stored.onBrokenChain
  );
}

type Reason = Extract<SeedPlan, { do: 'refuse' | 'fail' }>['because'];

/** Why a connection is not seeded, with what to do instead. */
export async function explainRefusal(
  context: Context,
  target: SeedTarget,
  because: Reason,
): Promise<OpsError> {
  switch (because) {
    case 'chain':
      return chainIsStored(context, target);
    case 'config':
      return new OpsError(
        'refused',
        `The parameter ${target.parameters.names.config} says otherwise than the options. It ` +
          'belongs to the stack: change cdk.json and deploy (npx cdk deploy), and leave the options ' +
          'out. In a fleet it belongs to nobody: correct it by aws ssm put-parameter --overwrite.',
      );
    case 'noSecret':
      return new OpsError(
        'usage',
        `The secret ${target.secretId} does not exist in this Region: ${howToMake(target)}`,
      );
    case 'unknownConnection': {
      const { message } = await connectionNotFound(context, target.connection);
      return new OpsError('usage', `${message}. To make it: ${howToMake(target)}`);
    }
  }
}

const howToMake = ({ connection }: SeedTarget) =>
  `name "${connection}" in cdk.json and deploy the stack (npx cdk deploy), or give --auth-base-url ` +
  'and --client-id.';

function chainIsStored({ clock }: Context, { connection, chain }: SeedTarget): OpsError {
  const nowMs = clock.now();
  const expiresAtMs = chain?.expiresAtMs;
  const fresh =
    expiresAtMs !== undefined && expiresAtMs > nowMs
      ? ` Its access token is valid until ${timeText(expiresAtMs, nowMs)}.`
      : '';
  return new OpsError(
    'refused',
    `There is a refresh token in ${chain?.where}.${fresh} It may be the only live one, so nothing was ` +
      `changed. See npm run ops -- status ${connection}; in trouble, npm run ops -- recover ` +
      `${connection}. To put another chain in its place, add --replace.`,
  );
}
