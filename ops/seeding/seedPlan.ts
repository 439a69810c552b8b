import type { ConnectionConfig, OnBrokenChain } from '../../lambda/core/connection';
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
