import type { Command } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import { exitCodes } from '../../failures/opsError';
import type { Terminal, Tone } from '../../terminal/terminal';
import { lineWidth, wrap } from '../../terminal/text';
import type { Check, CheckVerdict } from './check';

const help = `
Checks the caller, the clock, parameters, secret, token, keys, versions, function, schedule, the
permissions of the function's role, and the hosts; of a fleet also schedule, queue and dead letters.
Nothing is changed. No client secret is read; the access token is sent to Marketing Cloud's REST
host alone. Exit code 4 if any check fails.

Examples:
  npm run ops -- doctor example
  npm run ops -- doctor --json | jq '.checks[] | select(.verdict == "fail")'`;

/** With --json: `{"checks": Check[], "ok": boolean}`; `ok` if none has failed. */
export function addDoctorCommand(program: Command, run: RunCommand): void {
  program
    .command('doctor')
    .description('Check everything that a connection needs, each with a remedy')
    .argument('[name]', 'a connection; all of them where it is left out', parseConnectionName)
    .addHelpText('after', help)
    .action((name: string | undefined, _options, command: Command) =>
      run(command, async (context) => {
        const { examine } = await import('./examine');
        const checks = await examine(context, name);
        const ok = checks.every(({ verdict }) => verdict !== 'fail');
        context.terminal.result({ checks, ok }, () => formatChecks(checks, context.terminal));
        return ok ? 0 : exitCodes.attention;
      }),
    );
}

const tones: Readonly<Record<CheckVerdict, Tone>> = {
  ok: 'good',
  warn: 'warning',
  fail: 'bad',
  skip: 'plain',
};

const titleWidth = 18;
const indent = ' '.repeat(6 + titleWidth);

/** One connection's checks in full; of several, what is not well and how much is. */
function formatChecks(checks: readonly Check[], terminal: Terminal): string[] {
  const names = [...new Set(checks.flatMap(({ connection }) => connection ?? []))];
  const general = checks.filter(({ connection }) => connection === undefined);
  const lines = general.flatMap((check) => linesOf(check, terminal));
  for (const name of names) {
    const own = checks.filter(({ connection }) => connection === name);
    const shown = names.length === 1 ? own : own.filter(({ verdict }) => verdict !== 'ok');
    lines.push('', terminal.colors.bold(name));
    lines.push(...shown.flatMap((check) => linesOf(check, terminal)));
    if (shown.length < own.length) lines.push(`${own.length - shown.length} more checks are ok.`);
  }
  return [...lines, '', summary(checks)];
}

function linesOf({ verdict, title, detail, remedy }: Check, terminal: Terminal): string[] {
  const [first = '', ...more] = wrap(detail, lineWidth - indent.length);
  const advice = remedy === undefined ? [] : wrap(`-> ${remedy}`, lineWidth - indent.length);
  const mark = terminal.paint(verdict.padEnd(6), tones[verdict]);
  return [
    `${mark}${title.padEnd(titleWidth)}${first}`,
    ...[...more, ...advice].map((line) => `${indent}${line}`),
  ];
}

function summary(checks: readonly Check[]): string {
  const count = (wanted: CheckVerdict) => checks.filter(({ verdict }) => verdict === wanted).length;
  return `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed, ${count('skip')} skipped.`;
}
