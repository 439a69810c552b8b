/**
 * List prices of us-east-1 in USD, November 2026, without free tiers. Each from the pricing page of its
 * service.
 */
export const prices = {
  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secretMonth: 0.4,
  secretsManagerCall: 0.05 / 10_000,
  /** https://aws.amazon.com/cloudwatch/pricing/: custom metrics, alarms by metric, dashboards, logs. */
  customMetricMonth: 0.3,
  alarmMetricMonth: 0.1,
  dashboardMonth: 3,
  logGigabyte: 0.5,
  logGigabyteMonth: 0.03,
  /** https://aws.amazon.com/lambda/pricing/: arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1_000_000,
  /** https://aws.amazon.com/eventbridge/pricing/: Scheduler. */
  scheduledInvocation: 1 / 1_000_000,
  /** https://aws.amazon.com/sqs/pricing/: FIFO queues. */
  fifoRequest: 0.5 / 1_000_000,
  /** https://aws.amazon.com/systems-manager/pricing/ */
  advancedParameterMonth: 0.05,
  /** https://aws.amazon.com/kms/pricing/ */
  kmsRequest: 0.03 / 10_000,
} as const;
