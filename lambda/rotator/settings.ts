import { RotationError } from '../core/errors';
import { defaultParameterPrefix, defaultSecretPrefix } from '../core/names';

/** What the environment variables say, each with its default. */
export interface Settings {
  readonly parameterPrefix: string;
  readonly secretPrefix: string;
  /** Rotate when less than this is left of the access token's life. */
  readonly refreshBelowMs: number;
  readonly allowLoopbackProvider: boolean;
  /** For error texts only: the SDK finds its region by itself. */
  readonly region: string;
}

/** @throws RotationError `InvalidConfig`, naming the variable. */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  return {
    parameterPrefix: prefix(env, 'PARAMETER_PREFIX', defaultParameterPrefix, /^\/([\w.-]+\/)*$/),
    secretPrefix: prefix(env, 'SECRET_PREFIX', defaultSecretPrefix, /^([\w+=.@-]+\/)*$/),
    refreshBelowMs: refreshBelowSeconds(env.REFRESH_BELOW_SECONDS) * 1_000,
    allowLoopbackProvider: env.ALLOW_LOOPBACK_PROVIDER === 'true',
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'unknown region',
  };
}

function prefix(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: string,
  pattern: RegExp,
): string {
  const value = env[name] ?? fallback;
  if (pattern.test(value)) return value;
  throw new RotationError(
    'InvalidConfig',
    `The environment variable ${name} must be a path that ends in "/", such as "${fallback}".`,
  );
}

function refreshBelowSeconds(text = '2400'): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 60 && seconds <= 3600) return seconds;
  throw new RotationError(
    'InvalidConfig',
    'The environment variable REFRESH_BELOW_SECONDS must be a whole number from 60 to 3600.',
  );
}
