import { Duration } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { messageLifeMs } from '../../lambda/core/limits';
import type { TokenRotation } from '../tokenRotation';
import { countOf, period, refreshTokenAgeDays, secondsToExpiry } from './metrics';

/** One alarm, from which the alarm itself, its line on the dashboard and its description follow. */
export interface AlarmSpecification {
  /** Unique among the alarms of one rotation. */
  readonly id: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly comparisonOperator: ComparisonOperator;
  /** It takes all of these periods, one after the other. */
  readonly evaluationPeriods: number;
  readonly treatMissingData: TreatMissingData;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** Heading in `docs/runbook.md`, as its anchor. */
  readonly anchor: string;
}

/** A token with less than this left is about to fail its readers. */
export const leastSecondsToExpiry = 15 * 60;
/** The chain ends with a refresh token of 700 days: 100 days are left to act. */
export const greatestRefreshTokenAgeDays = 600;

/** Rings where there was something to count in each of these periods; silence is nothing to count. */
export const counted = (evaluationPeriods = 1) => ({
  threshold: 1,
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  evaluationPeriods,
  treatMissingData: TreatMissingData.NOT_BREACHING,
});

/**
 * Rings where there was less than the threshold in each of these periods. Silence breaches, also
 * where there has never been any data: then `FILL` has no series to fill.
 */
export const lessThan = (threshold: number, evaluationPeriods: number) => ({
  threshold,
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  evaluationPeriods,
  treatMissingData: TreatMissingData.BREACHING,
});

/**
 * The same, but silent where there has never been any data: of what was never seeded. Once there was,
 * `FILL` has a series to fill when it stops: CloudWatch looks further back than the periods that are
 * evaluated ("Configuring how CloudWatch alarms treat missing data"). What is out of its sight by
 * then leaves the alarm as it is.
 */
export const lessThanBefore = (threshold: number, evaluationPeriods: number) => ({
  ...lessThan(threshold, evaluationPeriods),
  treatMissingData: TreatMissingData.IGNORE,
});

/** A message that is older has used up half of the time that is there for repetitions. */
export const longestWaitSeconds = messageLifeMs / 2 / 1_000;

/** Every alarm: those of the whole rotation, then one for each connection. */
export function alarmSpecifications(rotation: TokenRotation): AlarmSpecification[] {
  return [
    chainBroken(),
    functionErrors(rotation.rotator),
    queueBehind(rotation.queue),
    deadLetters(rotation.deadLetterQueue, 'dead-letters'),
    undeliveredTicks(rotation.undeliveredTicks),
    escrowInUse(),
    stagedSecretInUse(),
    refreshTokenOld(),
    ...[...rotation.secrets.keys()].map(tokenNearExpiry),
  ];
}

export function chainBroken(): AlarmSpecification {
  return {
    id: 'ChainBroken',
    metric: countOf('ChainBroken'),
    ...counted(),
    meaning:
      'The provider accepts none of the refresh tokens of some connection: a person has to log in ' +
      'again and seed.',
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
function tokenNearExpiry(connection: string): AlarmSpecification {
  return {
    id: `TokenNearExpiry-${connection}`,
    metric: new MathExpression({
      expression: 'FILL(seconds, 0)',
      usingMetrics: { seconds: secondsToExpiry(connection) },
      label: `Seconds to expiry of ${connection}`,
      period,
    }),
    ...lessThanBefore(leastSecondsToExpiry, 3),
    meaning:
      `The token of the connection "${connection}" has less than 15 minutes left, or no ` +
      'rotation of it has succeeded for 15 minutes.',
    anchor: 'token-near-expiry',
  };
}

/**
 * Invocations that end in an error, as where Lambda cuts them off. An attempt that fails in the usual
 * way is none: its batch is answered. They come a minute apart, so that trouble of 4 minutes, which
 * repeating is there for, touches two periods.
 */
function functionErrors(rotator: IFunction): AlarmSpecification {
  return {
    id: 'FunctionErrors',
    metric: rotator.metricErrors({ period, statistic: Stats.SUM }),
    ...counted(3),
    meaning:
      'Invocations have ended in an error in three periods of five minutes in a row: repeating ' +
      'them does not mend it.',
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
    anchor: 'queue-behind',
  };
}

/** What tells of a single connection of a fleet: it writes no metric, and the others write theirs. */
export function deadLetters(queue: IQueue, anchor: string): AlarmSpecification {
  return {
    id: 'DeadLetters',
    ...messagesIn(queue),
    meaning:
      'Every attempt for some connection has failed for 18 minutes, 18 in all; its name is in ' +
      'the dead-letter queue.',
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

export function escrowInUse(): AlarmSpecification {
  return {
    id: 'EscrowInUse',
    metric: countOf('EscrowUsed'),
    ...counted(),
    meaning:
      'Secrets Manager did not take a token set; it is parked in Parameter Store. Do not delete ' +
      'it and do not re-seed.',
    anchor: 'escrow-in-use',
  };
}

/** Counted with each rotation. They come up to 25 minutes apart, and an hour makes it one alarm. */
export function stagedSecretInUse(): AlarmSpecification {
  return {
    id: 'StagedSecretInUse',
    metric: countOf('StagedSecretUsed').with({ period: Duration.hours(1) }),
    ...counted(),
    meaning: 'The provider refuses the client secret and takes the staged one: promote it.',
    anchor: 'staged-secret-in-use',
  };
}

export function refreshTokenOld(): AlarmSpecification {
  return {
    id: 'RefreshTokenOld',
    metric: refreshTokenAgeDays(),
    threshold: greatestRefreshTokenAgeDays,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    // Where no invocation succeeds, the alarm of the connection tells it.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'The refresh token of some connection is 600 days old, and ends after 700: the provider has ' +
      'not been giving new ones.',
    anchor: 'refresh-token-old',
  };
}
