import { type FilteredLogEvent, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import * as v from 'valibot';
import { objectOf, parseJson, validate } from '../../lambda/core/validate';
import type { AwsAccess } from '../awsAccess';
import { OpsError } from '../failures/opsError';

/** An error that the rotator logged. */
export interface LastError {
  readonly atMs: number;
  readonly code: string;
  /** One line. */
  readonly message: string;
  /** Fingerprints of all refresh tokens that an error in the searched time reported as refused. */
  readonly refusedTokens: ReadonlySet<string>;
}

/** Pages may come empty while there is more to search (API reference, FilterLogEvents). */
const mostPages = 40;
const longestMessage = 240;

const lineSchema = objectOf({
  // Not every log service applies the filter.
  level: v.literal('ERROR'),
  connection: v.string(),
  message: v.string(),
  code: v.optional(v.string(), 'unknown'),
  refusedTokens: v.fallback(v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/))), []),
});

const hourMs = 3_600_000;

/**
 * How far back a function's log is searched. A fleet's has lines of so many connections that a day of it
 * cannot be read; each of them, if it fails, is in every period of 20 minutes.
 */
export const logWindowMs = (isFleet: boolean) => (isFleet ? hourMs : 24 * hourMs);

/**
 * The newest error of each connection in the last `windowMs`.
 *
 * @param connection looks for this one alone
 * @throws OpsError if the log is too long to be searched to its end
 */
export async function readLastErrors(
  { aws, clock }: Pick<AwsAccess, 'aws' | 'clock'>,
  logGroup: string,
  windowMs: number,
  connection?: string,
): Promise<ReadonlyMap<string, LastError>> {
  const newest = new Map<string, LastError>();
  const nowMs = clock.now();
  const named = connection === undefined ? '' : ` && $.connection = "${connection}"`;
  const request = {
    logGroupName: logGroup,
    startTime: nowMs - windowMs,
    endTime: nowMs,
    filterPattern: `{ $.level = "ERROR"${named} }`,
  };
  let pages = 0;
  for await (const page of paginateFilterLogEvents({ client: aws.logs }, request)) {
    for (const event of page.events ?? []) note(event, newest);
    pages += 1;
    if (pages === mostPages && page.nextToken !== undefined) {
      throw new OpsError(
        'unavailable',
        `The log ${logGroup} is too long to be searched to its end.`,
      );
    }
  }
  return newest;
}

/** Events of one page are in order; those of different streams need not be across pages. */
function note({ timestamp = 0, message = '' }: FilteredLogEvent, newest: Map<string, LastError>) {
  const json = parseJson(message);
  const line = json.ok ? validate(lineSchema, json.value) : json;
  if (!line.ok) return;
  const { connection, code } = line.value;
  const known = newest.get(connection);
  const refusedTokens = new Set([...(known?.refusedTokens ?? []), ...line.value.refusedTokens]);
  const logged = { atMs: timestamp, code, message: oneLine(line.value.message) };
  const latest = known && known.atMs > timestamp ? known : logged;
  newest.set(connection, { ...latest, refusedTokens });
}

/** Without control characters, which a terminal would obey. */
function oneLine(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage - 1)}…` : line;
}
