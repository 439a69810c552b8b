import { forceNeedsAgeMs } from '../../../lambda/core/limits';
import type { Context } from '../../context';
import { type ExitCode, exitCodes } from '../../failures/opsError';
import { timeText } from '../../terminal/text';
import type { AttemptError } from './progress';

export const defaultTimeoutMs = 330_000;

/** What `rotate --json` prints. */
export interface RotateResult {
  readonly connection: string;
  /** Of the attempt that `outcome` is about, in the log as `requestId`; absent if none was seen. */
  readonly requestId?: string;
  /**
   * The rotator's `fresh`, `rotated`, `recovered`, `reissued` or `waiting`; `published` if the log
   * may not be read and a new version has come; `failed` after an error that a repetition meets again;
   * `unknown` if the time was over first: the rotation goes on.
   */
  readonly outcome: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  /** The version of the secret that is AWSCURRENT, if it was logged. */
  readonly versionId?: string;
  readonly failedAttempts: number;
  readonly lastError?: AttemptError;
}

const needAttention = new Set(['failed', 'unknown', 'waiting']);

export function rotateExitCode({ outcome }: RotateResult): ExitCode {
  return needAttention.has(outcome) ? exitCodes.attention : 0;
}

/** What a person reads of a rotation. */
export function formatRotation(
  result: RotateResult,
  { clock, terminal }: Context,
  force: boolean,
): string[] {
  const { connection, outcome, expiresAt, versionId } = result;
  const isGood = rotateExitCode(result) === 0;
  const isTooYoung = outcome === 'fresh' && force;
  const headline = isTooYoung
    ? `The token set is younger than ${forceNeedsAgeMs / 1_000} s, so it was left as it is.`
    : (headlines[outcome] ?? `Rotation finished: ${outcome}.`);
  return [
    terminal.paint(headline, isGood ? 'good' : outcome === 'failed' ? 'bad' : 'warning'),
    ...(expiresAt
      ? [`The access token expires ${timeText(Date.parse(expiresAt), clock.now())}.`]
      : []),
    ...(versionId ? [`Version of the secret: ${versionId}`] : []),
    ...formatRemedy(result),
    ...(outcome === 'fresh' && !force
      ? [`To rotate before its time: npm run ops -- rotate ${connection} --force`]
      : []),
  ];
}

const headlines: Readonly<Record<string, string>> = {
  fresh: 'The token is fresh, so it was left as it is.',
  rotated: 'Rotated.',
  recovered: 'Recovered: a token set or refresh token found elsewhere is in use now.',
  reissued: 'A new chain was issued with the client credentials.',
  published: 'A new version of the secret has come.',
  waiting: 'There is nothing to rotate yet: the connection waits for its first refresh token.',
  failed: 'The rotation failed, and will fail again until the cause is fixed.',
  unknown:
    'The rotation was not seen to end in this time: it may wait behind earlier messages of the ' +
    'connection. It goes on by itself.',
};

function formatRemedy({ connection, outcome, lastError }: RotateResult): string[] {
  const error = lastError ? [`${lastError.code}: ${lastError.message}`] : [];
  switch (outcome) {
    case 'waiting':
      return [`Next: npm run ops -- seed ${connection}`];
    case 'unknown':
      return [...error, `Look again: npm run ops -- status ${connection}`];
    case 'failed':
      return [...error, `Next: npm run ops -- recover ${connection}`];
    default:
      return [];
  }
}
