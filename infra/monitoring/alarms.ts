import { Duration } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  leastLeftMs,
  messageLifeMs,
  oldRefreshTokenDays,
  refreshTokenLifeDays,
  tickMs,
} from '../../lambda/core/limits';
import type { TokenRotation } from '../tokenRotation';
import { type AlarmSpecification, counted, filled, lessThanBefore } from './alarmSpecification';
import { period, RotatorMetrics } from './metrics';

/** A token with less than this left is about to fail its readers. */
export const leastLeftSeconds = leastLeftMs / 1_000;

/** A message that is older has used up half of the time that is there for repetitions. */
export const longestWaitSeconds = messageLifeMs / 2 / 1_000;

/** Every alarm: as many for fifty connections as for one, unless each is to have its own. */
export function alarmSpecifications(rotation: TokenRotation): AlarmSpecification[] {
  const { rotator, queue, deadLetterQueue, hasDetailedMonitoring } = rotation;
  const metrics = new RotatorMetrics(rotator);
  const connections = [...rotation.secrets.keys()];
  return [
    chainBroken(metrics),
    functionErrors(rotator),
    queueBehind(queue),
    deadLetters(deadLetterQueue, 'dead-letters'),
    undeliveredTicks(rotation.undeliveredTicks),
    escrowInUse(metrics),
    stagedSecretInUse(metrics),
    refreshTokenOld(metrics),
    nothingRotated(metrics, { periods: 3, anchor: 'nothing-rotated' }),
    ticksMissing(metrics, queue, connections.length),
    ...(hasDetailedMonitoring
      ? connections.map((connection) => tokenNearExpiryOf(metrics, connection))
      : [tokenNearExpiry(metrics, { seconds: leastLeftSeconds, anchor: 'token-near-expiry' })]),
  ];
}

export function chainBroken(metrics: RotatorMetrics): AlarmSpecification {
  return {
    id: 'ChainBroken',
    metric: metrics.countOf('ChainBroken'),
    ...counted(),
    meaning:
      'The provider accepts none of the refresh tokens of some connection: a person has to log in ' +
      'again and seed.',
    isAboutSome: true,
    anchor: 'chain-broken',
  };
}

/**
 * A failing rotator writes no metric at all, so silence counts as zero. FILL puts it into the
 * series: left missing, the three periods would be looked for among older ones. Three of three, since
 * FILL also fills a period whose data is still on its way, and since one tick may be late or fail.
 * The last success left at least 40 minutes; 15 minutes later there are 25 of them, time enough to
 * act before the limit itself.
 */
function tokenNearExpiryOf(metrics: RotatorMetrics, connection: string): AlarmSpecification {
  return {
    id: `TokenNearExpiry-${connection}`,
    metric: new MathExpression({
      expression: 'FILL(seconds, 0)',
      usingMetrics: { seconds: metrics.secondsToExpiryOf(connection) },
      label: `Seconds to expiry of ${connection}`,
      period,
    }),
    ...lessThanBefore(leastLeftSeconds, 3),
    meaning:
      `The token of the connection "${connection}" has less than 15 minutes left, or no ` +
      'rotation of it has succeeded for 15 minutes.',
    anchor: 'token-near-expiry',
  };
}

/** What finds its token short though its ticks succeed. Silence is NothingRotated's, or a dead letter's. */
export function tokenNearExpiry(
  metrics: RotatorMetrics,
  { seconds, anchor }: { readonly seconds: number; readonly anchor: string },
): AlarmSpecification {
  return {
    id: 'TokenNearExpiry',
    metric: metrics.secondsToExpiry(Stats.MINIMUM),
    threshold: seconds,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      `The token of some connection had less than ${seconds / 60} minutes left after a tick that ` +
      'succeeded.',
    isAboutSome: true,
    anchor,
  };
}

/** Counts successes: silent if there was never one, as before the first connection is seeded. */
export function nothingRotated(
  metrics: RotatorMetrics,
  { periods, anchor }: { readonly periods: number; readonly anchor: string },
): AlarmSpecification {
  return {
    id: 'NothingRotated',
    metric: filled(metrics.secondsToExpiry(Stats.SAMPLE_COUNT), 'Successes'),
    ...lessThanBefore(1, periods),
    meaning: `No rotation of any connection has succeeded for ${periods * period.toMinutes()} minutes.`,
    anchor,
  };
}

/**
 * A schedule that is gone, or disabled, fails nowhere: its connection is missed among the messages
 * alone. Scheduler sends within the minute, so that at the edge of a period each connection's tick
 * may fall on either side; two whole periods in a row cannot both lack more than half of the
 * connections' ticks by that. Of a third one the last messages may not be counted yet.
 *
 * What is expected is written by the function, beside the messages: a connection that has been added
 * is not looked for in the hours before.
 */
function ticksMissing(
  metrics: RotatorMetrics,
  queue: IQueue,
  connections: number,
): AlarmSpecification {
  const ticks = ticksCounted(connections);
  const window = Duration.millis(ticks * tickMs);
  return {
    id: 'TicksMissing',
    metric: new MathExpression({
      expression: `FILL(sent, 0) - FILL(connections, REPEAT) * ${ticks - 0.5}`,
      usingMetrics: {
        sent: queue.metricNumberOfMessagesSent({ period: window, statistic: Stats.SUM }),
        connections: metrics.connections().with({ period: window }),
      },
      label: 'Ticks beyond the fewest that all schedules make',
      period: window,
    }),
    threshold: 0,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 3,
    treatMissingData: TreatMissingData.IGNORE,
    meaning:
      'Fewer ticks come than the schedules make: that of some connection is disabled or gone.',
    isAboutSome: true,
    anchor: 'ticks-missing',
  };
}

/** For each connection in a period of TicksMissing: one connection's are more than half of all connections. */
const ticksCounted = (connections: number) => Math.ceil(0.6 * connections) + 2;

/**
 * Invocations that end in an error, as when Lambda cuts them off. An attempt that fails in the usual
 * way is not counted: its batch is answered. They come a minute apart, so that trouble of 4 minutes, which
 * repeating is there for, touches two periods.
 */
function functionErrors(rotator: IFunction): AlarmSpecification {
  return {
    id: 'FunctionErrors',
    metric: rotator.metricErrors({ period, statistic: Stats.SUM }),
    ...counted(3),
    meaning:
      'Invocations have ended in an error in three periods of five minutes in a row: repeating ' +
      'them does not fix it.',
    anchor: 'function-errors',
  };
}

/** Nothing waits for others here: what grows old fails at each attempt, or is not taken. */
function queueBehind(queue: IQueue): AlarmSpecification {
  return {
    id: 'QueueBehind',
    metric: queue.metricApproximateAgeOfOldestMessage({ period, statistic: Stats.MAXIMUM }),
    threshold: longestWaitSeconds,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Every attempt for some connection has failed for over 10 minutes, or nothing takes its ' +
      'message from the queue.',
    isAboutSome: true,
    anchor: 'queue-behind',
  };
}

/** What shows the state of a single connection of a fleet: it writes no metric, and the others write theirs. */
export function deadLetters(queue: IQueue, anchor: string): AlarmSpecification {
  return {
    id: 'DeadLetters',
    ...messagesIn(queue),
    meaning:
      'Every attempt for some connection has failed for 18 minutes, 18 in all; its name is in ' +
      'the dead-letter queue.',
    isAboutSome: true,
    anchor,
  };
}

function undeliveredTicks(queue: IQueue): AlarmSpecification {
  return {
    id: 'UndeliveredTicks',
    ...messagesIn(queue),
    meaning:
      'EventBridge Scheduler could not send a tick to the queue; it is in the dead-letter queue of ' +
      'the schedules.',
    anchor: 'dead-letters',
  };
}

/** A dead-letter queue that holds something. */
function messagesIn(queue: IQueue): Omit<AlarmSpecification, 'id' | 'meaning' | 'anchor'> {
  return {
    metric: queue.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
    ...counted(),
    // A queue that nobody has used for six hours writes no metric, whatever it holds (Amazon SQS
    // developer guide, "Monitoring Amazon SQS queues using CloudWatch").
    treatMissingData: TreatMissingData.IGNORE,
  };
}

export function escrowInUse(metrics: RotatorMetrics): AlarmSpecification {
  return {
    id: 'EscrowInUse',
    metric: metrics.countOf('EscrowUsed'),
    ...counted(),
    meaning:
      'Secrets Manager did not take a token set; it is parked in Parameter Store. Do not delete ' +
      'it and do not re-seed.',
    isAboutSome: true,
    anchor: 'escrow-in-use',
  };
}

/** Counted with each rotation. They come up to 25 minutes apart, and an hour makes it one alarm. */
export function stagedSecretInUse(metrics: RotatorMetrics): AlarmSpecification {
  return {
    id: 'StagedSecretInUse',
    metric: metrics.countOf('StagedSecretUsed').with({ period: Duration.hours(1) }),
    ...counted(),
    meaning: 'The provider refuses the client secret and takes the staged one: promote it.',
    isAboutSome: true,
    anchor: 'staged-secret-in-use',
  };
}

export function refreshTokenOld(metrics: RotatorMetrics): AlarmSpecification {
  return {
    id: 'RefreshTokenOld',
    metric: metrics.refreshTokenAgeDays(),
    threshold: oldRefreshTokenDays,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    // If no invocation succeeds, the alarm of the connection shows it.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      `The refresh token of some connection is ${oldRefreshTokenDays} days old, and ends after ` +
      `${refreshTokenLifeDays}: the provider has not been giving new ones.`,
    isAboutSome: true,
    anchor: 'refresh-token-old',
  };
}
