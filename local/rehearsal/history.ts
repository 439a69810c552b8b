import { describeCalls, type Invocation, isTick } from '../tour/rotator';
import { parseLogLine } from '../world/logLines';
import type { InvocationRow, LogRow } from './state';

const mostInvocations = 10;
const mostLogLines = 10;

/** On every line, and shown elsewhere or of no interest here. */
const omittedFields = new Set([
  ...['level', 'message', 'timestamp', 'service', 'sampling_rate', 'requestId', 'connection'],
  // Of X-Ray, which is not here.
  'xray_trace_id',
]);

/** The last invocations and log lines. */
export class History {
  #invocations: InvocationRow[] = [];
  #log: LogRow[] = [];
  #count = 0;
  #linesSeen: number;

  constructor(private readonly lines: readonly string[]) {
    this.#linesSeen = lines.length;
  }

  note(invocation: Invocation, atMs: number): void {
    const { message, outcome, problem } = invocation;
    const row: InvocationRow = {
      id: this.#nextId(),
      atMs,
      times: 1,
      by: isTick(invocation) ? 'schedule' : 'person',
      delivery: Number(message?.attributes.ApproximateReceiveCount ?? 1),
      outcome,
      succeeded: problem === undefined,
      calls: describeCalls(invocation),
    };
    const [last, ...earlier] = this.#invocations;
    const isMore = last !== undefined && isQuiet(last) && isQuiet(row);
    const rows = isMore
      ? [{ ...row, id: last.id, times: last.times + 1 }, ...earlier]
      : [row, ...this.#invocations];
    this.#invocations = rows.slice(0, mostInvocations);
  }

  invocations(): readonly InvocationRow[] {
    return this.#invocations;
  }

  /** Also those lines that the function has printed since it was last asked. */
  log(): readonly LogRow[] {
    const fresh = this.lines.slice(this.#linesSeen).flatMap((line) => this.#rowOf(line) ?? []);
    this.#linesSeen = this.lines.length;
    for (const row of fresh) this.#addToLog(row);
    return this.#log;
  }

  #addToLog(row: LogRow): void {
    const [last, ...earlier] = this.#log;
    const isMore = last !== undefined && tellsOfFreshTick(last) && tellsOfFreshTick(row);
    const rows = isMore
      ? [{ ...row, id: last.id, times: last.times + 1 }, ...earlier]
      : [row, ...this.#log];
    this.#log = rows.slice(0, mostLogLines);
  }

  #rowOf(line: string): LogRow | undefined {
    const parsed = parseLogLine(line);
    if (parsed === undefined) return undefined;
    const fields: [string, unknown][] = Object.entries(parsed);
    const timestamp = fields.find(([name]) => name === 'timestamp')?.[1];
    return {
      id: this.#nextId(),
      atMs: timestamp === undefined ? null : Date.parse(String(timestamp)),
      times: 1,
      level: parsed.level,
      message: parsed.message,
      fields: fields
        .filter(([name]) => !omittedFields.has(name))
        .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    };
  }

  #nextId(): number {
    this.#count += 1;
    return this.#count;
  }
}

/** Such ticks come every five minutes, and would soon be all that is shown. */
const isQuiet = ({ outcome, by, calls }: InvocationRow) =>
  outcome === 'fresh' && by === 'schedule' && calls === 'AWS: GetSecretValue';

const tellsOfFreshTick = ({ level, fields }: LogRow) =>
  level === 'INFO' && fields.some(([name, value]) => name === 'outcome' && value === 'fresh');
