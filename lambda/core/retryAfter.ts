import { parseJson } from './validate';

/**
 * How long an answer asks to wait, in milliseconds: its `Retry-After` in seconds, which some
 * servers give with a fraction, or as an HTTP date (RFC 9110, section 10.2.3), else the member
 * `retryAfter` of the body, in seconds, as the provider's rate-limit page has it.
 */
export function retryAfterMsOf(
  answer: { readonly retryAfter?: string; readonly body: string | undefined },
  nowMs: number,
): number | undefined {
  return parseHeader(answer.retryAfter ?? '', nowMs) ?? parseMember(answer.body);
}

/**
 * The longest of several, since a proxy may have added its own: header lines of one name are a list
 * (RFC 9110, section 5.2). The comma behind a weekday is the date's own.
 */
function parseHeader(text: string, nowMs: number): number | undefined {
  const listed = text
    .split(/(?<!\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*),/i)
    .map((each) => parseOne(each.trim(), nowMs));
  const waitsMs = listed.filter((waitMs) => waitMs !== undefined);
  return waitsMs.length > 0 ? Math.max(...waitsMs) : undefined;
}

function parseOne(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  // Date.parse takes much that is no HTTP date, and reads one without a zone as local time.
  if (!httpDate.test(text) && !internetDate.test(text)) return undefined;
  const atMs = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/**
 * All three forms begin with the weekday and have a time of day (RFC 9110, section 5.6.7). Some
 * servers name the same zone otherwise, as in mail (RFC 5322, section 3.3).
 */
const httpDate =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d( \d{4}| (GMT|UTC|UT|Z|[+-]\d{4}))$/i;
/** RFC 3339, which others send in its place. */
const internetDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

function parseMember(body: string | undefined): number | undefined {
  const json = parseJson(body ?? '');
  const { retryAfter } = ((json.ok && json.value) || {}) as { retryAfter?: unknown };
  const seconds = typeof retryAfter === 'string' ? Number(retryAfter.trim() || 'none') : retryAfter;
  return isWait(seconds) ? Math.ceil(seconds * 1_000) : undefined;
}

const isWait = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0;
