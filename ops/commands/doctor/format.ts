import type { Terminal, Tone } from '../../terminal/terminal';
import { wrap } from '../../terminal/text';
import { worstFirst } from '../judgement';
import { countVerdicts, paintVerdict } from '../verdicts';
import type { Check, CheckVerdict } from './check';
import type { Examination } from './examine';

/** Of so many, those that are well are named too. */
const fewConnections = 10;
const mostShown = 20;

const tones: Readonly<Record<CheckVerdict, Tone>> = {
  ok: 'good',
  warn: 'warning',
  fail: 'bad',
  skip: 'plain',
};

const titleWidth = 18;
const indent = ' '.repeat(6 + titleWidth);

/** One connection's checks in full; of several, the worst first, what is not well. */
export function formatExamination(
  { checks, connections }: Examination,
  terminal: Terminal,
): string[] {
  const general = checks.filter(({ connection }) => connection === undefined);
  const lines = general.flatMap((check) => linesOf(check, terminal));
  const isAlone = connections.length === 1;
  const shownConnections = worstFirst(connections).filter(
    ({ verdict }) => verdict !== 'ok' || connections.length <= fewConnections,
  );
  for (const { name, verdict } of shownConnections.slice(0, mostShown)) {
    const own = checks.filter(({ connection }) => connection === name);
    const shown = isAlone ? own : own.filter((check) => check.verdict !== 'ok');
    lines.push('', `${terminal.bold(name)}: ${paintVerdict(verdict, terminal)}`);
    lines.push(...shown.flatMap((check) => linesOf(check, terminal)));
    if (shown.length < own.length) lines.push(`${own.length - shown.length} more checks are ok.`);
  }
  const more = shownConnections.length - mostShown;
  if (more > 0) lines.push('', `${more} more connections need attention: see --json.`);
  const counted = connections.length < 2 ? [] : [countVerdicts(connections)];
  return [...lines, '', ...counted, summary(checks)];
}

function linesOf({ verdict, title, detail, remedy }: Check, terminal: Terminal): string[] {
  const [first = '', ...more] = wrap(detail, terminal.width - indent.length);
  const advice = remedy === undefined ? [] : wrap(`-> ${remedy}`, terminal.width - indent.length);
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
