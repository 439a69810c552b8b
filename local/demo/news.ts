import { styleText } from 'node:util';
import { wrap } from '../tour/layout';
import { parseLogLine } from '../world/logLines';

const besideTime = ' '.repeat('19:00:09  '.length);

/** What a line of the function's log says to whoever watches; undefined for fresh ticks. */
export function newsIn(line: string, nowMs: number, columns: number): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const parsed = parseLogLine(line);
  if (parsed === undefined) return undefined;
  const { level, message, outcome, connection, expiresAt, versionId } = parsed as typeof parsed & {
    readonly connection?: string;
    readonly expiresAt?: string;
    readonly versionId?: string;
  };
  const time = styleText('cyan', new Date(nowMs).toISOString().slice(11, 19));
  if (level === 'WARN' || level === 'ERROR') {
    const lines = wrap(`${connection ?? ''} ${message}`.trim(), besideTime.length, columns);
    return `${time}  ${lines.map((each) => styleText('yellow', each)).join(`\n${besideTime}`)}`;
  }
  if (outcome === undefined || outcome === 'fresh' || outcome === 'waiting') return undefined;
  return (
    `${time}  ${connection} ${styleText('green', outcome)}: version ${versionId?.slice(0, 8)}, ` +
    `access token until ${expiresAt?.slice(11, 19)} UTC`
  );
}
