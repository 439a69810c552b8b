import type { Terminal, Tone } from '../terminal/terminal';
import type { Verdict } from './judgement';

const tones: Readonly<Record<Verdict, Tone>> = {
  ok: 'good',
  attention: 'warning',
  broken: 'bad',
};

export const paintVerdict = (verdict: Verdict, terminal: Terminal) =>
  terminal.paint(verdict, tones[verdict]);

/** "2000 connections: 3 broken, 12 need attention, 1985 ok." */
export function countVerdicts(all: readonly { readonly verdict: Verdict }[]): string {
  const count = (wanted: Verdict) => all.filter(({ verdict }) => verdict === wanted).length;
  const parts = [
    ...(count('broken') > 0 ? [`${count('broken')} broken`] : []),
    ...(count('attention') > 0 ? [`${count('attention')} need attention`] : []),
    `${count('ok')} ok`,
  ];
  return `${all.length} connection${all.length === 1 ? '' : 's'}: ${parts.join(', ')}.`;
}
