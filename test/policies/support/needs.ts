import type { Decided } from '../../../local/aws/iam/identityPolicies';
import { evaluateAccess, type Permission } from '../../../local/aws/iam/policyEvaluation';

/**
 * The permissions without which every one of the requests would still have been allowed: a line for
 * each action on each resource and, of a condition with several values, each value. Connections of a
 * stack are alike; `*` stands for their names.
 */
export function unneeded(
  permissions: readonly Permission[],
  decided: readonly Decided[],
): readonly string[] {
  const singles = permissions.flatMap(byValue);
  const all = new Set(singles.filter(({ effect }) => effect === 'Allow').map(spell));
  for (const { request } of decided) {
    const by = new Set(evaluateAccess(singles, request).by.map(spell));
    if (by.size === 1) for (const only of by) all.delete(only);
  }
  return [...all].sort();
}

/** The requests that were refused. */
export const refused = (decided: readonly Decided[]): readonly string[] =>
  decided
    .filter(({ allowed }) => !allowed)
    .map(({ request: { action, resource } }) => `${action} on ${resource}`);

/** What a permission allows under each of a condition's values; one is enough. */
function byValue(permission: Permission): Permission[] {
  for (const [operator, keys] of Object.entries(permission.conditions)) {
    for (const [key, values] of Object.entries(keys)) {
      if (typeof values === 'string') continue;
      return values.flatMap((value) => {
        const conditions = { ...permission.conditions, [operator]: { ...keys, [key]: value } };
        return byValue({ ...permission, conditions });
      });
    }
  }
  return [permission];
}

function spell({ action, resource, conditions }: Permission): string {
  const values = Object.values(conditions).flatMap((keys) =>
    Object.entries(keys).map(([key, value]) => `${key}=${value}`),
  );
  const place = resource
    .replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, '')
    .replace(/((?:secret:|parameter\/)sfmc\/)[a-z0-9-]+?(-[a-z0-9]{6})?(?=\/|$)/, '$1*');
  return `${action} on ${place}${values.length > 0 ? ` if ${values.join(' and ')}` : ''}`;
}
