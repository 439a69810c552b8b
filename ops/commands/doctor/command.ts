import type { Command } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import { exitCodes } from '../../failures/opsError';
import type { Terminal, Tone } from '../../terminal/terminal';
import { lineWidth, wrap } from '../../terminal/text';
import { worstFirst } from '../judgement';
import { countVerdicts, paintVerdict } from '../verdicts';
import { type Check, type CheckVerdict, isWell } from './check';
import type { Examination } from './examine';

/** Of so many, those that are well are named too. */
const fewConnections = 10;
const mostShown = 20;

const help = `
Checks the caller, the clock, parameters, secret, token, keys, versions, function, schedule, the
permissions of the function's role, and the hosts; of a fleet also schedule, queue and dead letters.
Nothing is changed. No client secret is read; the access token is sent to Marketing Cloud's REST
host alone. Exit code 4 unless all is well: a warning asks for attention too.

Examples:
  npm run ops -- doctor example
  npm run ops -- doctor --json | jq '.checks[] | select(.verdict == "fail")'`;

/** With --json an {@link Examination}, and `ok` if nothing needs attention. */
export function addDoctorCommand(program: Command, run: RunCommand): void {
  program
    .command('doctor')
    .description('Check everything that a connection needs, each with a remedy')
    .argument('[name]', 'a connection; all of them where it is left out', parseConnectionName)
    .addHelpText('after', help)
    .action((name: string | undefined, _options, command: Command) =>
      run(command, async (context) => {
        const { examine } = await import('./examine');
        const examination = await examine(context, name);
        const ok = examination.checks.every(isWell);
        const result = { ...examination, ok };
        context.terminal.result(result, () => formatExamination(examination, context.terminal));
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

/** One connection's checks in full; of several, the worst first, what is not well. */
function formatExamination({ checks, connections }: Examination, terminal: Terminal): string[] {
  const general = checks.filter(({ connection }) => connection === undefined);
  const lines = general.flatMap((check) => linesOf(check, terminal));
  const isAlone = connections.length === 1;
  const shownConnections = worstFirst(connections).filter(
    ({ verdict }) => verdict !== 'ok' || connections.length <= fewConnections,
  );
  for (const { name, verdict } of shownConnections.slice(0, mostShown)) {
    const own = checks.filter(({ connection }) => connection === name);
    const shown = isAlone ? own : own.filter((check) => check.verdict !== 'ok');
    lines.push('', `${terminal.colors.bold(name)}: ${paintVerdict(verdict, terminal)}`);
    lines.push(...shown.flatMap((check) => linesOf(check, terminal)));
    if (shown.length < own.length) lines.push(`${own.length - shown.length} more checks are ok.`);
  }
  const more = shownConnections.length - mostShown;
  if (more > 0) lines.push('', `${more} more connections need attention: see --json.`);
  const counted = isAlone ? [] : [countVerdicts(connections)];
  return [...lines, '', ...counted, summary(checks)];
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
