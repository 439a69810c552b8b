import { refreshTokenLifeDays } from '../../lambda/core/limits';

/**
 * Questions to a rotator's log, in the language of CloudWatch Logs Insights. What they ask per
 * connection would cost 0.30 USD a month for each as a metric. Those that a fleet asks answer with
 * ten lines at most, or with one for each span of time.
 */

const finished = 'filter message = "Rotation finished"';
const askedProvider = [finished, 'filter ispresent(providerMs)'];

/** Beside the age, the days until the provider ends the chain. */
export const refreshTokenAges = [
  finished,
  `fields ${refreshTokenLifeDays} - refreshTokenAgeSeconds / 86400 as daysToItsEnd`,
  'stats latest(refreshTokenAgeSeconds) as ageSeconds, latest(daysToItsEnd) as daysLeft, ' +
    'latest(expiresAt) as freshUntil by connection',
  'sort connection',
];

export const outcomesByConnection = [
  finished,
  'stats count(*) as times by connection, outcome',
  'sort connection, outcome',
];

export const providerLatency = [
  ...askedProvider,
  'stats avg(providerMs) as mean, pct(providerMs, 95) as p95, max(providerMs) as longest by bin(1h)',
];

export const providerLatencies = [
  ...askedProvider,
  'stats count(*) as refreshes, avg(providerMs) as meanMs, pct(providerMs, 95) as p95Ms, ' +
    'max(providerMs) as longestMs, sum(providerAttempts) as requests by connection',
  'sort connection',
];

export const providerProblems = [
  'filter message = "Asking the provider again"',
  'stats count(*) as times by problem, connection',
  'sort times desc',
];

export const lastErrors = [
  'filter level = "ERROR"',
  'fields @timestamp, connection, code, message',
  'sort @timestamp desc',
  'limit 20',
];

/** The line of the log that is there each hour, though the metric begins at 500 days only. */
export const oldestRefreshToken = [
  finished,
  'fields refreshTokenAgeSeconds / 86400 as days',
  'stats max(days) as oldest by bin(1h)',
];

const failed = 'filter level = "ERROR" and ispresent(connection)';

/** In 20 minutes a fleet sends each of its connections once. */
export const outcomes = [
  finished,
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
  finished,
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
