/**
 * Questions to the rotator's log, in the language of CloudWatch Logs Insights. What they ask per
 * connection would cost 0.30 USD a month for each as a metric.
 */

const finished = 'filter message = "Rotation finished"';
const askedProvider = [finished, 'filter ispresent(providerMs)'];

/** Beside the age, the days until the provider ends the chain. */
export const refreshTokenAges = [
  finished,
  'fields 700 - refreshTokenAgeSeconds / 86400 as daysToItsEnd',
  'stats latest(refreshTokenAgeSeconds) as ageSeconds, latest(daysToItsEnd) as daysLeft, ' +
    'latest(expiresAt) as freshUntil by connection',
  'sort connection',
];

export const outcomes = [
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
