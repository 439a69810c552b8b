import type { Terminal, Tone } from '../terminal/terminal';
import { lineWidth, wrap } from '../terminal/text';
import type { Check, CheckVerdict } from './check';

const tones: Readonly<Record<CheckVerdict, Tone>> = {
  ok: 'good',
  warn: 'warning',
  fail: 'bad',
  skip: 'plain',
};

const titleWidth = 18;
const indent = ' '.repeat(6 + titleWidth);

/** One connection's checks in full; of several, what is not well and how much is. */
export function tell(checks: readonly Check[], terminal: Terminal): string[] {
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
