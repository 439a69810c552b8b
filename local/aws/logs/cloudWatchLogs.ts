import { AwsError } from '../awsError';
import { boolean, check, type Input, integer, list, string } from '../shapes';
import { parseFilterPattern } from './filterPattern';
import type { LogEvent, LogGroup } from './logGroup';

const maxPageEvents = 10_000;

const logGroupName = string(1, 512);
const logStreamName = string(1, 512);
const timestamp = integer(0, Number.MAX_SAFE_INTEGER);
const FilterLogEvents = {
  logGroupName,
  logGroupIdentifier: string(1, 2048),
  logStreamNames: list(logStreamName, 1, 100),
  logStreamNamePrefix: logStreamName,
  startTime: timestamp,
  endTime: timestamp,
  filterPattern: string(0, 1024),
  nextToken: string(1, 4096),
  limit: integer(1, maxPageEvents),
  interleaved: boolean,
};

const invalid = (message: string) => new AwsError('InvalidParameterException', message);

/** CloudWatch Logs with one log group or none. Source: Amazon CloudWatch Logs API reference. */
export class CloudWatchLogsModel {
  constructor(private readonly group: LogGroup | undefined) {}

  /** Oldest first, at most 10,000 in an answer. Of filter patterns see `parseFilterPattern`. */
  filterLogEvents(input: Input<typeof FilterLogEvents>) {
    check(FilterLogEvents, input);
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = maxPageEvents } = input;
    const { logStreamNames, logStreamNamePrefix = '' } = input;
    if (logStreamNames && logStreamNamePrefix !== '') {
      throw invalid('logStreamNames and logStreamNamePrefix cannot both be specified.');
    }
    const matches = parseFilterPattern(input.filterPattern);
    const given = idIn(input.nextToken);
    const { streamName, events } = this.#find(input.logGroupName, input.logGroupIdentifier);
    const isSearched =
      streamName.startsWith(logStreamNamePrefix) &&
      (logStreamNames === undefined || logStreamNames.includes(streamName));
    const found = events.filter(
      ({ id, atMs, message }) =>
        isSearched && id > given && atMs >= startTime && atMs <= endTime && matches(message),
    );
    const page = found.slice(0, limit);
    return {
      events: page.map((event) => asFilteredLogEvent(event, streamName)),
      searchedLogStreams: [],
      nextToken: found.length > limit ? tokenOf(page.at(-1)) : undefined,
    };
  }

  #find(name: string | undefined, identifier: string | undefined): LogGroup {
    if ((name === undefined) === (identifier === undefined)) {
      throw invalid('Exactly one of logGroupName and logGroupIdentifier must be specified.');
    }
    const wanted = name ?? identifier?.replace(/^arn:aws:logs:[^:]+:\d+:log-group:/, '');
    if (this.group && this.group.name === wanted) return this.group;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }
}

const asFilteredLogEvent = ({ id, atMs, message }: LogEvent, logStreamName: string) => ({
  logStreamName,
  timestamp: atMs,
  message,
  ingestionTime: atMs,
  eventId: String(id).padStart(56, '0'),
});

/** Holds the last event given, so that a page stays in place while old events are dropped. */
const tokenOf = (last: LogEvent | undefined) =>
  Buffer.from(String(last?.id ?? 0)).toString('base64url');

function idIn(token: string | undefined): number {
  if (token === undefined) return 0;
  const id = Buffer.from(token, 'base64url').toString();
  if (!/^\d+$/.test(id)) throw invalid('The specified nextToken is invalid.');
  return Number(id);
}
