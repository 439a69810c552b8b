import {
  type AccessRequest,
  evaluateAccess,
  permissionsIn,
} from '../../../local/aws/iam/policyEvaluation';
import type { Json } from '../support';

/** Whether an identity policy of a template allows a request on what it names by ARN. */
export function allows(document: Json, request: AccessRequest): boolean {
  const Statement = (document.Statement as Json[]).map((statement) => ({
    ...statement,
    Resource: [statement.Resource].flat().map(standIn),
    ...(statement.Condition ? { Condition: withStandIns(statement.Condition as Json) } : {}),
  }));
  return evaluateAccess(permissionsIn({ Statement }), request).allowed;
}

/** For what the stack itself makes, which has no ARN before it is deployed. */
export const standIn = (resource: unknown) =>
  typeof resource === 'string' ? resource : `arn:aws:made:::${JSON.stringify(resource)}`;

const withStandIns = (condition: Json) =>
  Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys as Json).map(([key, values]) => [
          key,
          [values].flat().map(standInValue),
        ]),
      ),
    ]),
  );

const standInValue = (value: unknown) => (typeof value === 'object' ? standIn(value) : value);
