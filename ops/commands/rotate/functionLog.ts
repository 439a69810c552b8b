import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import * as v from 'valibot';
import { objectOf, parseJson, validate } from '../../../lambda/core/validate';
import type { Context } from '../../context';
import { failureName, isDenied, isNotFound } from '../../failures/awsFailure';

export interface LogEntry {
  readonly atMs: number;
  /** Of the invocation. */
  readonly requestId: string;
  readonly line: RotationLogLine;
}

/** What reading the log came to. */
export type LogRead =
  | { readonly kind: 'lines'; readonly lines: readonly LogEntry[] }
  /** Tried again at the next read. */
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'denied'; readonly problem: string };

/** Beyond the difference of any two clocks. */
const earlierMs = 10 * 60_000;
/** Pages may come empty while there is more to search (API reference, FilterLogEvents). */
const mostPages = 20;

/** What the function logs of one connection: each read gives the lines that no earlier one has given. */
export class ConnectionLog {
  readonly #seen = new Set<string>();
  readonly #startAtMs: number;

  constructor(
    private readonly context: Pick<Context, 'aws' | 'clock'>,
    private readonly logGroup: string,
    private readonly connection: string,
  ) {
    this.#startAtMs = context.clock.now() - earlierMs;
  }

  /** @param openRequestIds invocations whose lines by Lambda itself are looked for as well */
  async read(openRequestIds: readonly string[] = []): Promise<LogRead> {
    try {
      const logged = await this.#newLines(`{ $.connection = "${this.connection}" }`);
      const ended = await Promise.all(
        // Lambda's own lines are not JSON, so this is a term and not a member.
        openRequestIds.map((id) => this.#newLines(`"${id}"`, id)),
      );
      const lines = [...logged, ...ended.flat()].sort((a, b) => a.atMs - b.atMs);
      return { kind: 'lines', lines };
    } catch (thrown) {
      // The first invocation of all makes the log group.
      if (isNotFound(thrown)) return { kind: 'lines', lines: [] };
      const problem = failureName(thrown);
      if (!isDenied(thrown)) return { kind: 'failed', problem };
      return { kind: 'denied', problem: (thrown as Error).message };
    }
  }

  async #newLines(filterPattern: string, ofRequestId?: string): Promise<LogEntry[]> {
    const lines: LogEntry[] = [];
    const request = { logGroupName: this.logGroup, startTime: this.#startAtMs, filterPattern };
    let pages = 0;
    const client = this.context.aws.logs;
    for await (const { events = [] } of paginateFilterLogEvents({ client }, request)) {
      for (const { eventId = '', message = '', timestamp: atMs = 0 } of events) {
        if (this.#seen.has(eventId)) continue;
        this.#seen.add(eventId);
        const line = parseRotationLogLine(message);
        if (line === undefined) continue;
        const requestId = line.kind === 'logged' ? line.requestId : ofRequestId;
        lines.push({ atMs, requestId: requestId ?? '', line });
      }
      pages += 1;
      if (pages === mostPages) break;
    }
    return lines;
  }
}

/** A line of the function's log, as far as it shows how a rotation goes. */
export type RotationLogLine =
  /** What the rotator logged. */
  | {
      readonly kind: 'logged';
      readonly level: string;
      readonly message: string;
      readonly code: string | undefined;
      /** Of the invocation. */
      readonly requestId: string | undefined;
      readonly fields: Readonly<Record<string, string | number | boolean>>;
      readonly finished: FinishedRotation | undefined;
    }
  /** Lambda ended the invocation before the rotator could log anything. */
  | { readonly kind: 'cutOff'; readonly message: string }
  /** Lambda's report, the last line of each invocation. */
  | { readonly kind: 'attemptEnded' };

/** How a rotation ended well. */
export interface FinishedRotation {
  readonly outcome: string;
  /** ISO 8601; absent, as the version, if it waits for the first seed. */
  readonly expiresAt?: string;
  readonly versionId?: string;
}

const scalar = v.union([v.string(), v.number(), v.boolean()]);
const loggedSchema = objectOf({
  level: v.string(),
  message: v.string(),
  code: v.optional(v.string()),
  requestId: v.optional(v.string()),
});
const finishedSchema = v.union([
  objectOf({ outcome: v.string(), expiresAt: v.string(), versionId: v.string() }),
  objectOf({ outcome: v.literal('waiting') }),
]);
const platformSchema = objectOf({
  type: v.literal('platform.report'),
  record: objectOf({ status: v.optional(v.string(), 'success') }),
});

/** Members that every line has or that say nothing to a person who waits. */
const unshown = new Set([
  ...['level', 'message', 'code', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id'],
  ...['connection', 'requestId', 'cold_start', 'function_arn', 'function_name'],
  ...['function_memory_size', 'function_request_id', 'durationMs', 'providerMs'],
]);

/**
 * Reads a line in either of Lambda's log formats. Undefined for one that says nothing more.
 * Source: "Working with function logs", "Lambda Telemetry API Event schema reference" (AWS Lambda
 * developer guide).
 */
export function parseRotationLogLine(text: string): RotationLogLine | undefined {
  const json = parseJson(text);
  if (!json.ok) return parsePlainLine(text);
  const platform = validate(platformSchema, json.value);
  if (platform.ok) return { kind: 'attemptEnded' };
  const logged = validate(loggedSchema, json.value);
  if (!logged.ok) return undefined;
  const { level, message, code, requestId } = logged.value;
  const finished = validate(finishedSchema, json.value);
  return {
    kind: 'logged',
    level,
    message: oneLine(message),
    code,
    requestId,
    fields: fieldsOf(json.value as object),
    finished: finished.ok ? finished.value : undefined,
  };
}

function parsePlainLine(text: string): RotationLogLine | undefined {
  if (text.startsWith('REPORT RequestId:')) return { kind: 'attemptEnded' };
  const cutOff = /Task timed out after [\d.]+ seconds|Runtime exited[^\n]*/.exec(text)?.[0];
  return cutOff === undefined ? undefined : { kind: 'cutOff', message: oneLine(cutOff) };
}

function fieldsOf(line: object): Record<string, string | number | boolean> {
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(line)) {
    if (!unshown.has(name) && v.is(scalar, value)) {
      fields[name] = typeof value === 'string' ? oneLine(value) : value;
    }
  }
  return fields;
}

/** Without control characters, which a terminal would obey. */
const oneLine = (text: string) => text.replace(/[\s\p{C}]+/gu, ' ').trim();
