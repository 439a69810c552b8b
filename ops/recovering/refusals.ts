import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Context } from '../context';

/** Pages may come empty while there is more to search (API reference, FilterLogEvents). */
const mostPages = 40;
const fingerprints = /\b[0-9a-f]{8}\b/g;

/**
 * Fingerprints of the refresh tokens that the function saw refused in the last `windowMs`. It tells
 * each refusal once, and all that it remembers whenever it finds the chain broken.
 */
export async function readRefusals(
  context: Context,
  logGroup: string,
  windowMs: number,
  connection: string,
): Promise<ReadonlySet<string>> {
  const of = `$.connection = "${connection}"`;
  const [single, all] = await Promise.all([
    messages(
      context,
      logGroup,
      windowMs,
      `{ ${of} && $.message = "The provider refuses a refresh token" }`,
    ),
    messages(context, logGroup, windowMs, `{ ${of} && $.code = "ChainBroken" }`),
  ]);
  return new Set([
    ...single.flatMap((text) => /"refreshToken":"([0-9a-f]{8})"/.exec(text)?.[1] ?? []),
    ...all.flatMap(
      (text) => /Refused \(SHA-256\): ([^.]*)\./.exec(text)?.[1]?.match(fingerprints) ?? [],
    ),
  ]);
}

async function messages(
  { aws, clock }: Context,
  logGroup: string,
  windowMs: number,
  filterPattern: string,
): Promise<string[]> {
  const found: string[] = [];
  const request = {
    logGroupName: logGroup,
    startTime: clock.now() - windowMs,
    filterPattern,
  };
  let pages = 0;
  for await (const { events = [] } of paginateFilterLogEvents({ client: aws.logs }, request)) {
    found.push(...events.map(({ message = '' }) => message));
    pages += 1;
    if (pages === mostPages) break;
  }
  return found;
}
