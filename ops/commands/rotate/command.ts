import { type Command, InvalidArgumentError } from 'commander';
import { parseConnectionName } from '../../connection/chosenConnections';
import type { Context } from '../../context';
import { type ExitCode, exitCodes } from '../../failures/opsError';
import type { Run } from '../../program';
import { timeText } from '../../terminal/text';
import { defaultTimeoutMs, type RotateResult, rotate } from './rotate';

const help = `
Sends a message to the queue that the connection's function is fed from, and follows the function's
log. It is taken up once what is under way for the connection has ended, and comes again every minute
while it fails, for 20 minutes.

Examples:
  npm run ops -- rotate example
  npm run ops -- rotate example --force --timeout 60`;

/** With --json: a {@link RotateResult}. */
export function addRotateCommand(program: Command, run: Run): void {
  program
    .command('rotate')
    .description("Refresh a connection's token now, and watch it")
    .argument('<name>', 'the connection', parseConnectionName)
    .option('--force', 'rotate though the token is fresh')
    .option(
      '--timeout <seconds>',
      'how long to watch; the rotation goes on',
      parseSeconds,
      defaultTimeoutMs / 1_000,
    )
    .addHelpText('after', help)
    .action((name: string, options: { force?: true; timeout: number }, command: Command) =>
      run(command, async (context) => {
        const { force = false, timeout } = options;
        const result = await rotate(context, name, { force, timeoutMs: timeout * 1_000 });
        context.terminal.result(result, () => rotateLines(result, context));
        return rotateExitCode(result);
      }),
    );
}

const needAttention = new Set(['failed', 'unknown', 'waiting']);

export function rotateExitCode({ outcome }: RotateResult): ExitCode {
  return needAttention.has(outcome) ? exitCodes.attention : 0;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError('It must be a whole number of seconds from 1 to 3600.');
}

/** What a person reads of a rotation. */
export function rotateLines(result: RotateResult, { clock, terminal }: Context): string[] {
  const { connection, outcome, expiresAt, versionId } = result;
  const isGood = rotateExitCode(result) === 0;
  const headline = headlines[outcome] ?? `Rotation finished: ${outcome}.`;
  return [
    terminal.paint(headline, isGood ? 'good' : outcome === 'failed' ? 'bad' : 'warning'),
    ...(expiresAt
      ? [`The access token expires ${timeText(Date.parse(expiresAt), clock.now())}.`]
      : []),
    ...(versionId ? [`Version of the secret: ${versionId}`] : []),
    ...remedyLines(result),
    ...(outcome === 'fresh'
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
  failed: 'The rotation failed, and will fail again until the cause is mended.',
  unknown:
    'The rotation was not seen to end in this time: it may wait behind earlier messages of the ' +
    'connection. It goes on by itself.',
};

function remedyLines({ connection, outcome, lastError }: RotateResult): string[] {
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
