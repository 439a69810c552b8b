import { type ConditionContext, equals, isArnLike, isLike, valuesOf } from './policyPatterns';

/** Operator, then condition key, then the values: one of them is enough. */
export type Conditions = Readonly<
  Record<string, Readonly<Record<string, string | readonly string[]>>>
>;

type Compare = (wanted: string, value: string, context: ConditionContext) => boolean;

/** None of them holds if the key is absent, unless it ends in IfExists. "ArnEquals and ArnLike behave identically." */
const comparisons: ReadonlyMap<string, Compare> = new Map([
  ['StringEquals', equals],
  ['StringLike', isLike],
  ['ArnEquals', isArnLike],
  ['ArnLike', isArnLike],
]);

const anyValuePrefix = 'ForAnyValue:';
/** Holds if the key is absent as well. */
const ifExistsSuffix = /IfExists$/;

/** @throws Error for an operator that is not understood, rather than to pass over it */
export function checkConditions(conditions: Conditions): void {
  for (const operator of Object.keys(conditions)) compareOf(operator);
}

/**
 * Whether every key under every operator holds. Source: IAM user guide, "IAM JSON policy elements:
 * Condition operators" and "Set operators for multivalued context keys".
 *
 * @throws Error if a key has several values and its operator is for one
 */
export function hold(conditions: Conditions, context: ConditionContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) => {
    const compare = compareOf(operator);
    return Object.entries(keys).every(([key, wanted]) => {
      const values = valuesOf(context, key);
      if (values.length > 1 && !operator.startsWith(anyValuePrefix)) {
        throw new Error(`${operator} is for one value, and ${key} has ${values.length}.`);
      }
      if (values.length === 0 && ifExistsSuffix.test(operator)) return true;
      return values.some((value) => [wanted].flat().some((each) => compare(each, value, context)));
    });
  });
}

function compareOf(operator: string): Compare {
  const compare = comparisons.get(operator.replace(anyValuePrefix, '').replace(ifExistsSuffix, ''));
  if (!compare) throw new Error(`The condition operator ${operator} is not understood here.`);
  return compare;
}
