import {
  ComparisonOperator,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { fleetPeriodMs, tickMs } from '../../lambda/core/limits';
import type { TokenRotationFleet } from '../fleet/tokenRotationFleet';
import { type AlarmSpecification, counted, filled, lessThanBefore } from './alarmSpecification';
import {
  chainBroken,
  deadLetters,
  escrowInUse,
  longestWaitSeconds,
  nothingRotated,
  refreshTokenOld,
  stagedSecretInUse,
  tokenNearExpiry,
} from './alarms';
import { period, RotatorMetrics } from './metrics';

/**
 * A connection comes once a period, at most a dispatch late: a token that has less than this left
 * after it may end before the next time. Healthy ones have 45 to 60 minutes then.
 */
export const leastLeftAfterSuccessSeconds = (fleetPeriodMs + tickMs) / 1_000;

/**
 * Since a fleet of one connection has a success in 20 minutes, its data takes a while, and its first
 * attempt may fail. By then the oldest tokens have 5 to 15 minutes left: what silences a fleet mostly
 * goes into ALARM earlier, as DeadLetters, QueueBehind or an alarm of the dispatcher.
 */
const periodsWithoutSuccess = 5;

/** Every alarm of a fleet: as many, however many connections it has. */
export function fleetAlarmSpecifications(fleet: TokenRotationFleet): AlarmSpecification[] {
  const metrics = new RotatorMetrics(fleet.rotator);
  return [
    chainBroken(metrics),
    deadLetters(fleet.deadLetterQueue, 'fleet-dead-letters'),
    tokenNearExpiry(metrics, {
      seconds: leastLeftAfterSuccessSeconds,
      anchor: 'fleet-token-near-expiry',
    }),
    nothingRotated(metrics, { periods: periodsWithoutSuccess, anchor: 'nothing-rotated' }),
    dispatcherErrors(fleet.dispatcher),
    dispatcherSilent(fleet.dispatcher),
    queueBehind(fleet.queue),
    escrowInUse(metrics),
    stagedSecretInUse(metrics),
    refreshTokenOld(metrics),
  ];
}

/** An attempt that is repeated with success is in one period. */
function dispatcherErrors(dispatcher: IFunction): AlarmSpecification {
  return {
    id: 'DispatcherErrors',
    metric: dispatcher.metricErrors({ period, statistic: Stats.SUM }),
    ...counted(2),
    meaning:
      'The dispatcher has failed in two periods of five minutes in a row: some connections may ' +
      'not have been sent to the rotator.',
    anchor: 'dispatcher-errors',
  };
}

function dispatcherSilent(dispatcher: IFunction): AlarmSpecification {
  return {
    id: 'DispatcherSilent',
    metric: filled(
      dispatcher.metricInvocations({ period, statistic: Stats.SUM }),
      'Invocations of the dispatcher',
    ),
    ...lessThanBefore(1, 3),
    meaning: 'The dispatcher has not been invoked for 15 minutes: no connection is sent.',
    anchor: 'dispatcher-silent',
  };
}

/**
 * The age alone would go into ALARM for each connection that keeps failing: a FIFO queue does not put such
 * a message back behind the others (Amazon SQS developer guide, "Available CloudWatch metrics for
 * Amazon SQS"). But between its attempts that message is not visible, so that a queue which was
 * once empty within the period is not behind.
 */
function queueBehind(queue: IQueue): AlarmSpecification {
  return {
    id: 'QueueBehind',
    metric: new MathExpression({
      expression: 'IF(waiting > 0, age, 0)',
      usingMetrics: {
        waiting: queue.metricApproximateNumberOfMessagesVisible({
          period,
          statistic: Stats.MINIMUM,
        }),
        age: queue.metricApproximateAgeOfOldestMessage({ period, statistic: Stats.MAXIMUM }),
      },
      label: 'Age of the oldest message while others wait',
      period,
    }),
    threshold: longestWaitSeconds,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Connections have been waiting for the rotator, without a pause, and some for over 10 minutes.',
    anchor: 'queue-behind',
  };
}
