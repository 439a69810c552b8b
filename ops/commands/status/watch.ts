import { attempt } from '../../connection/reading';
import type { Context } from '../../context';
import { isoTime } from '../../terminal/text';
import { whereOf } from '../../where';
import type { Verdict } from '../judgement';
import { countVerdicts } from '../verdicts';
import type { StatusResult } from './status';

export interface WatchOptions {
  readonly seconds: number;
  /** Of the whole, for a terminal. */
  readonly format: (result: StatusResult) => readonly string[];
}

/**
 * Looks again and again, until Ctrl-C. On a terminal the whole is drawn again; elsewhere comes a line for
 * each connection whose verdict has changed, or with --json the whole document. A look that comes to
 * nothing is reported, and the next one made.
 */
export async function watchStatus(
  context: Context,
  look: () => Promise<StatusResult>,
  { seconds, format }: WatchOptions,
): Promise<never> {
  const { terminal, clock } = context;
  const before = new Map<string, Verdict>();
  terminal.begins('The watching has ended.');
  for (let looks = 1; ; looks += 1) {
    const reading = await attempt('status', look);
    if (!reading.known) terminal.progress(reading.why);
    else {
      const result = reading.value;
      const now = isoTime(clock.now());
      const changes = changesIn(result, before, now);
      const first = looks === 1 ? [countVerdicts(result.connections)] : [];
      if (terminal.canRedraw) terminal.clear();
      terminal.result(
        result,
        () =>
          terminal.canRedraw
            ? [...format(result), '', `Looked at ${now}, and every ${seconds} s.`]
            : [...first, ...changes],
        {
          hasHeader: terminal.canRedraw,
        },
      );
      if (terminal.canRedraw || terminal.json || first.length + changes.length > 0) {
        await terminal.printResult(() => whereOf(context));
      }
    }
    await clock.sleep(seconds * 1_000);
  }
}

/** What is well on the first look goes without a line. */
function changesIn(
  { connections }: StatusResult,
  before: Map<string, Verdict>,
  now: string,
): string[] {
  const lines: string[] = [];
  for (const { name, verdict, reasons } of connections) {
    const former = before.get(name) ?? 'ok';
    before.set(name, verdict);
    if (former !== verdict) lines.push([`${now} ${name}: ${verdict}`, ...reasons].join('. '));
  }
  const shown = new Set(connections.map(({ name }) => name));
  for (const name of before.keys()) {
    if (shown.has(name)) continue;
    before.delete(name);
    lines.push(`${now} ${name}: no longer among them`);
  }
  return lines;
}
