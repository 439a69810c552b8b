import { type Conditions, checkConditions, hold } from './policyConditions';
import { type ConditionContext, isActionLike, isArnLike } from './policyPatterns';

/** What is to be decided. */
export interface AccessRequest {
  /** `service:Action` */
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resources. */
  readonly resource: string;
  readonly context?: ConditionContext;
}

/** One action on one resource of a statement. */
export interface Permission {
  readonly effect: 'Allow' | 'Deny';
  readonly action: string;
  readonly resource: string;
  readonly conditions: Conditions;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** Every permission to the request, whether or not it was denied. */
  readonly by: readonly Permission[];
}

const knownElements = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];

/**
 * The permissions that an identity policy consists of (IAM user guide, "IAM JSON policy elements
 * reference").
 *
 * @throws Error for what cannot be judged here: other elements, intrinsic functions, other operators
 */
export function permissionsIn(document: unknown): readonly Permission[] {
  const { Statement } = document as { readonly Statement?: unknown };
  return [Statement].flat().flatMap((each) => {
    const statement = each as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(statement).filter((element) => !knownElements.includes(element));
    if (unknown.length > 0) throw new Error(`The element ${unknown[0]} is not understood here.`);
    const { Effect: effect, Condition = {} } = statement;
    if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`${effect} is no effect.`);
    const conditions = Condition as Conditions;
    checkConditions(conditions);
    return textsOf(statement, 'Action').flatMap((action) =>
      textsOf(statement, 'Resource').map((resource) => ({ effect, action, resource, conditions })),
    );
  });
}

function textsOf(statement: Readonly<Record<string, unknown>>, element: string): string[] {
  const values: unknown[] = [statement[element]].flat();
  return values.map((value) => {
    if (typeof value === 'string') return value;
    throw new Error(`${JSON.stringify(value)} as ${element} is not understood here.`);
  });
}

/**
 * What policies of one identity come to: an explicit denial wins, and what nothing allows is denied
 * (IAM user guide, "Policy evaluation logic").
 */
export function evaluateAccess(
  permissions: readonly Permission[],
  request: AccessRequest,
): AccessDecision {
  const about = permissions.filter((permission) => concerns(permission, request));
  const by = about.filter(({ effect }) => effect === 'Allow');
  return { allowed: by.length > 0 && by.length === about.length, by };
}

function concerns(permission: Permission, { action, resource, context = {} }: AccessRequest) {
  return (
    isActionLike(permission.action, action) &&
    isArnLike(permission.resource, resource, context) &&
    hold(permission.conditions, context)
  );
}
