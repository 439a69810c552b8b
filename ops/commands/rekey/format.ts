import type { Terminal } from '../../terminal/terminal';
import type { RekeyedConnection, RekeyResult } from './result';

/** What was done, a line for each thing; of connections with nothing to do how many there are. */
export function formatRekeyed(
  { connections, isDryRun }: RekeyResult,
  terminal: Terminal,
): string[] {
  const idle = new Map<string, number>();
  const lines: string[] = [];
  for (const each of connections) {
    if (isIdle(each)) idle.set(each.key, (idle.get(each.key) ?? 0) + 1);
    else lines.push(...formatConnection(each, isDryRun, terminal));
  }
  for (const [key, count] of idle) {
    const whose = count === 1 ? '1 connection has' : `${count} connections have`;
    lines.push(`${whose} nothing under another key than the present one, ${key}.`);
  }
  if (connections.length === 0) lines.push('There is no connection in this Region.');
  if (isDryRun) lines.push('Nothing was changed.');
  return lines;
}

const isIdle = ({ written, left, problem }: RekeyedConnection) =>
  written.length === 0 && left.length === 0 && problem === undefined;

function formatConnection(
  { name, key, written, left, problem }: RekeyedConnection,
  isDryRun: boolean,
  terminal: Terminal,
): string[] {
  const did = isDryRun ? 'would be written under' : 'is now under';
  return [
    terminal.bold(name),
    ...written.map(({ what, keys }) => `  ${what} ${did} ${key}, was under ${namesOf(keys)}`),
    ...left.map(({ what, keys, until }) =>
      terminal.paint(`  ${what} is under ${namesOf(keys)} until ${until}`, 'warning'),
    ),
    ...(problem === undefined ? [] : [terminal.paint(`  ${problem}`, 'bad')]),
  ];
}

/** AWS names none of a version that is older than its naming them. */
const namesOf = (keys: readonly string[]) =>
  keys.length > 0 ? keys.join(', ') : 'a key that AWS does not name';
