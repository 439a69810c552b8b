import { type Command, InvalidArgumentError } from 'commander';
import { parseConnectionName } from '../connectionName';
import type { Context } from '../context';
import { type ExitCode, exitCodes } from '../exitCodes';
import type { Run } from '../program';
import { defaultTimeoutMs, type RotateResult, rotate } from '../rotating/rotate';
import { timeText } from '../times';

const help = `
Invokes the function that is attached to the connection's secret, or else the fleet's, and follows
its log. The invocation is asynchronous, so Lambda repeats a failed attempt after 1 and 2 minutes; a
synchronous one that died with a spent refresh token would not be repeated.

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
      'how long to watch; the invocation goes on',
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

export function rotateExitCode({ outcome }: RotateResult): ExitCode {
  return outcome === 'failed' || outcome === 'unknown' ? exitCodes.attention : 0;
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
  failed: 'The rotation failed three times. The schedule tries again within 5 minutes.',
  unknown: 'The rotation was not seen to end in this time. It goes on by itself.',
};

function remedyLines({ connection, outcome, lastError }: RotateResult): string[] {
  if (outcome === 'unknown') return [`Look again: npm run ops -- status ${connection}`];
  if (outcome !== 'failed') return [];
  return [
    ...(lastError ? [`${lastError.code}: ${lastError.message}`] : []),
    `Next: npm run ops -- recover ${connection}`,
  ];
}
