import { AwsError } from '../awsError';
import type { AwsRequest } from '../awsRequest';
import type { Models } from '../models';
import { actionOf, resourcesOf } from './authorization';
import { awsManagedKeys } from './awsManagedKeys';
import type { AccessRequest } from './policyEvaluation';
import type { ConditionContext } from './policyPatterns';

export type AccessCheck = Required<AccessRequest>;

/**
 * All that IAM is asked about a request before its service does anything: an action on each
 * resource, with those condition keys of the service that policies here look at. Source: "Actions,
 * resources, and condition keys" for each service (Service Authorization Reference).
 */
export function accessChecksOf(request: AwsRequest, models: Models): readonly AccessCheck[] {
  const { service, operation, input, region } = request;
  const arns = {
    secret: (id: string) => models.secretsManager.arnOf(id),
    key: (id: string, region: string) => models.kms.arnOf(id, region),
  };
  const action = actionOf(request);
  return resourcesOf(request, arns).flatMap((resource) => {
    const check = (each: string, context: ConditionContext = {}) => ({
      action: each,
      resource,
      context,
    });
    if (service === 'kms') return [check(action, aliasesOf(resource, region, models))];
    if (service !== 'secretsmanager') return [check(action)];
    if (operation === 'RotateSecret' && typeof input.RotationLambdaARN === 'string') {
      const attached = { 'secretsmanager:RotationLambdaARN': input.RotationLambdaARN };
      return [check(action, { ...tagsOf(resource, models), ...attached })];
    }
    if (operation !== 'CreateSecret') return [check(action, tagsOf(resource, models))];
    const made = { 'secretsmanager:Name': String(input.Name) };
    const isTagged = Array.isArray(input.Tags) && input.Tags.length > 0;
    // "If you include tags in the secret, you also need secretsmanager:TagResource" (API reference,
    // CreateSecret).
    return [check(action, made), ...(isTagged ? [check('secretsmanager:TagResource', made)] : [])];
  });
}

/** What a secret shows of itself; undefined if there is none. */
export function describedSecret(id: unknown, { secretsManager }: Models) {
  try {
    return secretsManager.describeSecret({ SecretId: String(id) });
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

/** The aliases of AWS managed keys, which is all the aliases there are here. */
export function aliasesOf(keyArn: string, region: string, { kms }: Models): ConditionContext {
  const aliases = [...awsManagedKeys.keys()].filter((alias) => kms.arnOf(alias, region) === keyArn);
  return aliases.length > 0 ? { 'kms:ResourceAliases': aliases } : {};
}

function tagsOf(secretArn: string, models: Models): ConditionContext {
  const { Tags = [] } = describedSecret(secretArn, models) ?? {};
  return Object.fromEntries(
    Tags.map(({ Key, Value }) => [`secretsmanager:ResourceTag/${Key}`, Value]),
  );
}
