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

/** Every alarm: those of the whole rotation, then one for each connection. */
export function alarmSpecifications(rotation: TokenRotation): AlarmSpecification[] {
  return [
    chainBroken(),
    functionErrors(rotation.rotator),
    deadLetters(rotation.deadLetterQueue),
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
 * series: left missing, the three periods would be looked for among older ones, and how far back
 * is not documented (CloudWatch user guide, "Configuring how CloudWatch alarms treat missing
 * data"). Three of three, since FILL also fills a period whose data is still on its way, and since
 * one tick may be late or fail. The last success left at least 40 minutes; 15 minutes later there
 * are 25 of them, time enough to act before the limit itself.
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
    ...lessThan(leastSecondsToExpiry, 3),
    meaning:
      `The token of the connection "${connection}" has less than 15 minutes left, or no ` +
      'invocation has succeeded for 15 minutes. It rings until the connection is seeded.',
    anchor: 'token-near-expiry',
  };
}

/**
 * Lambda counts each failed attempt. One that is repeated with success, and even a tick whose
 * three attempts fail (they begin within 4 minutes and 20 seconds), touch two periods at most.
 */
function functionErrors(rotator: IFunction): AlarmSpecification {
  return {
    id: 'FunctionErrors',
    metric: rotator.metricErrors({ period, statistic: Stats.SUM }),
    ...counted(3),
    meaning:
      'Attempts have failed in three periods of five minutes in a row: repeating them does not ' +
      'mend it.',
    anchor: 'function-errors',
  };
}

function deadLetters(queue: IQueue): AlarmSpecification {
  return {
    ...messagesIn(queue),
    meaning:
      'A tick never reached the rotator, or all three of its attempts failed; its event is in the ' +
      'dead-letter queue.',
    anchor: 'dead-letters',
  };
}

/** A dead-letter queue that holds something. */
export function messagesIn(queue: IQueue): Omit<AlarmSpecification, 'meaning' | 'anchor'> {
  return {
    id: 'DeadLetters',
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
