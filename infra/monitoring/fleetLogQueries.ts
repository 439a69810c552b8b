/**
 * Questions to the logs of a fleet, in the language of CloudWatch Logs Insights. None answers with
 * a line for each connection.
 */

const failed = 'filter level = "ERROR" and ispresent(connection)';

/** A fleet is sent once in 20 minutes. */
export const outcomes = [
  'filter message = "Rotation finished"',
  'fields strcontains(outcome, "fresh") as isFresh, strcontains(outcome, "rotated") as isRotated',
  'fields strcontains(outcome, "recovered") as isRecovered, strcontains(outcome, "reissued") as isReissued',
  'stats sum(isFresh) as fresh, sum(isRotated) as rotated, sum(isRecovered) as recovered, ' +
    'sum(isReissued) as reissued by bin(20m)',
];

export const failingConnections = [
  failed,
  'stats count_distinct(connection) as failing by bin(20m)',
];

/** Those that were not renewed come first: their newest success is the longest ago. */
export const firstToExpire = [
  'filter message = "Rotation finished"',
  'stats latest(expiresAt) as freshUntil, latest(outcome) as lastOutcome by connection',
  'sort freshUntil asc',
  'limit 10',
];

export const mostFailures = [
  failed,
  'stats count(*) as attempts, latest(code) as lastCode, latest(message) as lastMessage by connection',
  'sort attempts desc',
  'limit 10',
];

export const dispatched = [
  'filter message = "Dispatched"',
  'fields durationMs / 1000 as seconds',
  'stats latest(connections) as inRegistry, sum(sent) as nowSent, max(seconds) as longestSeconds by bin(5m)',
];

export const dispatcherErrors = [
  'filter level = "ERROR"',
  'fields @timestamp, code, problem',
  'sort @timestamp desc',
  'limit 10',
];
