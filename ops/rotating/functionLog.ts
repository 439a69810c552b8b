import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Context } from '../context';
import { failureName, isDenied, isMissing } from '../failures/awsFailure';
import { type LogLine, parseLogLine } from './logLine';

export interface SeenLine {
  readonly atMs: number;
  /** Of the invocation. */
  readonly requestId: string;
  readonly line: LogLine;
}

/** What a look into the log came to. */
export type Look =
  | { readonly kind: 'lines'; readonly lines: readonly SeenLine[] }
  /** Tried again at the next look. */
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'denied'; readonly problem: string };

/** Beyond the difference of any two clocks. */
const earlierMs = 10 * 60_000;
/** Pages may come empty while there is more to search (API reference, FilterLogEvents). */
const mostPages = 20;

/** What the function logs of one connection: each look gives the lines that no earlier one has given. */
export class ConnectionLog {
  readonly #seen = new Set<string>();
  readonly #startTime: number;

  constructor(
    private readonly context: Pick<Context, 'aws' | 'clock'>,
    private readonly logGroup: string,
    private readonly connection: string,
  ) {
    this.#startTime = context.clock.now() - earlierMs;
  }

  /** @param openRequestIds invocations of which Lambda's own lines are looked for as well */
  async look(openRequestIds: readonly string[] = []): Promise<Look> {
    try {
      const told = await this.#newLines(`{ $.connection = "${this.connection}" }`);
      const ended = await Promise.all(
        // Lambda's own lines are not JSON: hence a term and no member.
        openRequestIds.map((id) => this.#newLines(`"${id}"`, id)),
      );
      const lines = [...told, ...ended.flat()].sort((a, b) => a.atMs - b.atMs);
      return { kind: 'lines', lines };
    } catch (thrown) {
      // The first invocation of all makes the log group.
      if (isMissing(thrown)) return { kind: 'lines', lines: [] };
      const problem = failureName(thrown);
      if (!isDenied(thrown)) return { kind: 'failed', problem };
      return { kind: 'denied', problem: (thrown as Error).message };
    }
  }

  async #newLines(filterPattern: string, ofRequestId?: string): Promise<SeenLine[]> {
    const lines: SeenLine[] = [];
    const request = { logGroupName: this.logGroup, startTime: this.#startTime, filterPattern };
    let pages = 0;
    const client = this.context.aws.logs;
    for await (const { events = [] } of paginateFilterLogEvents({ client }, request)) {
      for (const { eventId = '', message = '', timestamp: atMs = 0 } of events) {
        if (this.#seen.has(eventId)) continue;
        this.#seen.add(eventId);
        const line = parseLogLine(message);
        if (line === undefined) continue;
        const requestId = line.kind === 'told' ? line.requestId : ofRequestId;
        lines.push({ atMs, requestId: requestId ?? '', line });
      }
      pages += 1;
      if (pages === mostPages) break;
    }
    return lines;
  }
}
