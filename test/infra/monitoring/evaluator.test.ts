import { type AlarmState, evaluateExpression, statesOf } from './evaluator';
import type { AlarmProperties } from './support';

describe('the evaluation of these tests', () => {
  it('has FILL, IF, comparison and arithmetic as CloudWatch has them', () => {
    const named = new Map([
      ['a', [1, undefined, 3]],
      ['none', [undefined, undefined, undefined]],
    ]);
    const of = (expression: string) => evaluateExpression(expression, named, 3);

    expect(of('FILL(a, 0)')).toEqual([1, 0, 3]);
    expect(of('FILL(a, REPEAT) * 2.5 - 1')).toEqual([1.5, 1.5, 6.5]);
    expect(of('FILL(none, 0)')).toEqual([undefined, undefined, undefined]);
    expect(of('IF(a > 1, a, 0)')).toEqual([0, undefined, 3]);
    expect(() => of('RATE(a)')).toThrow();
  });

  it('takes missing data as each alarm says', () => {
    const definition = (TreatMissingData: string) =>
      ({
        Namespace: 'N',
        MetricName: 'M',
        Statistic: 'Sum',
        Period: 60,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        EvaluationPeriods: 1,
        TreatMissingData,
      }) as AlarmProperties;
    const last = (missing: string): AlarmState | undefined =>
      statesOf(definition(missing), [], { fromSeconds: 0, toSeconds: 300 }).at(-1)?.state;

    expect(['breaching', 'notBreaching', 'ignore', 'missing'].map(last)).toEqual([
      'ALARM',
      'OK',
      'INSUFFICIENT_DATA',
      'INSUFFICIENT_DATA',
    ]);
  });
});
