import {
  ComparisonOperator,
  type IMetric,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { period } from './metrics';

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
  /** Whether it leaves open which connection it is about. */
  readonly isAboutSome?: boolean;
  /** Heading in `docs/runbook.md`, as its anchor. */
  readonly anchor: string;
}

/** Goes into ALARM if there was something to count in each of these periods; silence is nothing to count. */
export const counted = (evaluationPeriods = 1) => ({
  threshold: 1,
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  evaluationPeriods,
  treatMissingData: TreatMissingData.NOT_BREACHING,
});

/**
 * Goes into ALARM if there was less than the threshold in each of these periods. Silence breaches, also
 * if there has never been any data: then `FILL` has no series to fill.
 */
const lessThan = (threshold: number, evaluationPeriods: number) => ({
  threshold,
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  evaluationPeriods,
  treatMissingData: TreatMissingData.BREACHING,
});

/**
 * The same, but silent if there has never been any data: of what was never seeded. Once there was,
 * `FILL` has a series to fill when it stops: CloudWatch looks further back than the periods that are
 * evaluated ("Configuring how CloudWatch alarms treat missing data"). What is out of its sight by
 * then leaves the alarm as it is.
 */
export const lessThanBefore = (threshold: number, evaluationPeriods: number) => ({
  ...lessThan(threshold, evaluationPeriods),
  treatMissingData: TreatMissingData.IGNORE,
});

export function filled(metric: Metric, label: string): MathExpression {
  return new MathExpression({
    expression: 'FILL(count, 0)',
    usingMetrics: { count: metric },
    label,
    period,
  });
}
