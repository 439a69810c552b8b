import { RotationError } from '../core/errors';
import { tickMs } from '../core/limits';
import { defaultParameterPrefix, defaultSecretPrefix } from '../core/names';

/** What the environment variables say, each with its default. */
export interface Settings {
  readonly parameterPrefix: string;
  readonly secretPrefix: string;
  /** Rotate when less than this is left of the access token's life. */
  readonly refreshBelowMs: number;
  readonly allowLoopbackProvider: boolean;
  /** How often the queue brings a message of a connection. */
  readonly tickPeriodMs: number;
  /** Batches are taken from this queue alone; from any if undefined. */
  readonly queueArn: string | undefined;
  /** For the messages that go on if a direct invocation dies. */
  readonly queueUrl: string | undefined;
  /** Where events of rotations are put. */
  readonly eventBusName: string | undefined;
  /** Whether each connection has a metric of its own; a fleet's are too many for that. */
  readonly hasMetricsByConnection: boolean;
  /** How many connections have a schedule of their own; undefined if a dispatcher sends them. */
  readonly scheduledConnections: number | undefined;
  /** Whether somebody subscribes to each plain rotation. */
  readonly putsRotatedEvents: boolean;
  /** For error texts only: the SDK finds its region by itself. */
  readonly region: string;
}

/** @throws RotationError `InvalidConfig`, naming the variable. */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  return {
    parameterPrefix: prefix(env, 'PARAMETER_PREFIX', defaultParameterPrefix, /^\/([\w.-]+\/)*$/),
    secretPrefix: prefix(env, 'SECRET_PREFIX', defaultSecretPrefix, /^([\w+=.@-]+\/)*$/),
    refreshBelowMs: wholeSeconds(env, 'REFRESH_BELOW_SECONDS', 2400, 60, 3600) * 1_000,
    allowLoopbackProvider: env.ALLOW_LOOPBACK_PROVIDER === 'true',
    tickPeriodMs: wholeSeconds(env, 'TICK_PERIOD_SECONDS', tickMs / 1_000, 60, 3600) * 1_000,
    queueArn: env.QUEUE_ARN || undefined,
    queueUrl: env.QUEUE_URL || undefined,
    eventBusName: env.EVENT_BUS_NAME || undefined,
    hasMetricsByConnection: env.CONNECTION_METRICS !== 'false',
    scheduledConnections: Number(env.SCHEDULED_CONNECTIONS) || undefined,
    putsRotatedEvents: env.ROTATED_EVENTS === 'true',
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

function wholeSeconds(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = env[name] ?? String(fallback);
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= least && seconds <= most) return seconds;
  throw new RotationError(
    'InvalidConfig',
    `The environment variable ${name} must be a whole number from ${least} to ${most}.`,
  );
}
