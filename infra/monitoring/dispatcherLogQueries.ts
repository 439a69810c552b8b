/** Questions to the dispatcher's log, in the language of CloudWatch Logs Insights. */

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
