import { describeCalls, isTick, type TourInvocation } from '../tour/rotator';
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

/** The last invocations and log lines, and those of incidents for longer. */
export class History {
  #invocations: InvocationRow[] = [];
  #log: LogRow[] = [];
  #count = 0;
  #linesSeen: number;
  #kept: ReadonlySet<number> = new Set();

  constructor(private readonly lines: readonly string[]) {
    this.#linesSeen = lines.length;
  }

  /** Gives the row that shows the invocation. */
  note(invocation: TourInvocation, atMs: number): InvocationRow {
    const { message, outcome, problem } = invocation;
    const row: InvocationRow = {
      id: this.#nextId(),
      firstAtMs: atMs,
      atMs,
      times: 1,
      by: isTick(invocation) ? 'schedule' : 'person',
      delivery: Number(message?.attributes.ApproximateReceiveCount ?? 1),
      outcome,
      succeeded: problem === undefined,
      calls: describeCalls(invocation),
    };
    const [last, ...earlier] = this.#invocations;
    const isMore = last !== undefined && this.#isMoreOf(last, row);
    const { id, firstAtMs, times } = isMore ? last : { ...row, times: 0 };
    const shown = { ...row, id, firstAtMs, times: times + 1 };
    this.#invocations = [shown, ...(isMore ? earlier : this.#invocations)];
    this.#readLines(shown);
    return shown;
  }

  /** Keeps what belongs to these invocations, however many come after them. */
  keep(invocations: ReadonlySet<number>): void {
    this.#kept = invocations;
    this.#invocations = this.#invocations.filter(
      ({ id }, at) => at < mostInvocations || invocations.has(id),
    );
    this.#log = this.#log.filter(
      ({ invocation }, at) => at < mostLogLines || (invocation && invocations.has(invocation)),
    );
  }

  invocations(): readonly InvocationRow[] {
    return this.#invocations;
  }

  /** Also those lines that were printed since the last invocation ended. */
  log(): readonly LogRow[] {
    this.#readLines(undefined);
    return this.#log;
  }

  /** What an incident leads to stays as it was. */
  #isMoreOf(last: InvocationRow, row: InvocationRow): boolean {
    if (isQuiet(last) && isQuiet(row)) return !this.#kept.has(last.id);
    return !row.succeeded && row.outcome === last.outcome && row.by === last.by;
  }

  #readLines(invocation: InvocationRow | undefined): void {
    const fresh = this.lines.slice(this.#linesSeen);
    this.#linesSeen = this.lines.length;
    for (const line of fresh) {
      const row = this.#rowOf(line, invocation?.id ?? null);
      if (row) this.#addToLog(row);
    }
  }

  #addToLog(row: LogRow): void {
    const at = this.#log.findIndex((earlier, place) => this.#saysTheSame(earlier, row, place));
    const same = this.#log[at];
    const shown = same ? { ...row, id: same.id, times: same.times + 1 } : row;
    this.#log = [shown, ...this.#log.filter((line) => line !== same)];
  }

  #saysTheSame(earlier: LogRow, row: LogRow, place: number): boolean {
    if (earlier.invocation !== row.invocation) {
      const isKept = earlier.invocation !== null && this.#kept.has(earlier.invocation);
      return place === 0 && !isKept && tellsOfFreshTick(earlier) && tellsOfFreshTick(row);
    }
    return row.invocation !== null && textOf(earlier) === textOf(row);
  }

  #rowOf(line: string, invocation: number | null): LogRow | undefined {
    const parsed = parseLogLine(line);
    if (parsed === undefined) return undefined;
    const fields: [string, unknown][] = Object.entries(parsed);
    const timestamp = fields.find(([name]) => name === 'timestamp')?.[1];
    return {
      id: this.#nextId(),
      atMs: timestamp === undefined ? null : Date.parse(String(timestamp)),
      invocation,
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
export const isQuiet = ({ outcome, by, calls }: InvocationRow) =>
  outcome === 'fresh' && by === 'schedule' && calls === 'AWS: GetSecretValue';

const textOf = ({ level, message }: LogRow) => `${level} ${message}`;

const tellsOfFreshTick = ({ level, fields }: LogRow) =>
  level === 'INFO' && fields.some(([name, value]) => name === 'outcome' && value === 'fresh');
