import { accountId } from '../account';
import { AwsError } from '../awsError';
import { localRoleArn, localRoleName } from '../lambda/names';
import { check, type Input, list, required, string, structure } from '../shapes';
import type { Authorize } from './authorization';
import type { ConditionContext } from './policyPatterns';

const shapes = {
  SimulatePrincipalPolicy: {
    PolicySourceArn: required(string(20, 2048)),
    ActionNames: required(list(string(3, 128), 0, 1000)),
    ResourceArns: list(string(1, 2048), 0, 1000),
    ContextEntries: list(
      structure({
        ContextKeyName: required(string(5, 256)),
        ContextKeyValues: list(string(0, 2048), 0, 1000),
        ContextKeyType: string(1, 64),
      }),
      0,
      1000,
    ),
  },
  GetRole: { RoleName: required(string(1, 64)) },
};

const noSuchEntity = (message: string) => new AwsError('NoSuchEntity', message, 404);
const decided = (allowed: boolean) => (allowed ? 'allowed' : 'implicitDeny');

/**
 * IAM, which knows any user and, if there is a function, its role. Each method is the API
 * operation of its name. Source: IAM API reference.
 */
export class IamModel {
  readonly #startedAt: string;

  constructor(
    private readonly authorize: Authorize,
    private readonly hasFunction: boolean,
    nowMs: number,
  ) {
    this.#startedAt = new Date(nowMs).toISOString();
  }

  /**
   * One result for each action on each resource, as `authorize` decides for a principal whose
   * access key id is its name. Policies given in the request count for nothing.
   */
  simulatePrincipalPolicy(input: Input<(typeof shapes)['SimulatePrincipalPolicy']>) {
    check(shapes.SimulatePrincipalPolicy, input);
    const { ActionNames, ResourceArns, ContextEntries = [] } = input;
    const accessKeyId = this.#principalIn(input.PolicySourceArn);
    const context: ConditionContext = Object.fromEntries(
      ContextEntries.map(({ ContextKeyName, ContextKeyValues = [] }) => [
        ContextKeyName,
        ContextKeyValues,
      ]),
    );
    const decide = (action: string, resource: string) =>
      decided(this.authorize({ action, resource, accessKeyId, context }));
    const results = ActionNames.flatMap((action) =>
      (ResourceArns ?? ['*']).map((resource) => {
        const decision = decide(action, resource);
        return {
          EvalActionName: action,
          EvalResourceName: resource,
          EvalDecision: decision,
          MatchedStatements: [],
          MissingContextValues: [],
          ...(resource !== '*' && {
            ResourceSpecificResults: [
              {
                EvalResourceName: resource,
                EvalResourceDecision: decision,
                MatchedStatements: [],
                MissingContextValues: [],
              },
            ],
          }),
        };
      }),
    );
    return { EvaluationResults: results, IsTruncated: false };
  }

  getRole(input: Input<(typeof shapes)['GetRole']>) {
    check(shapes.GetRole, input);
    this.#checkRole(input.RoleName);
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      ],
    };
    return {
      Role: {
        Path: '/',
        RoleName: localRoleName,
        RoleId: 'AROASFMCTOKENROTATORX',
        Arn: localRoleArn,
        CreateDate: this.#startedAt,
        AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
        MaxSessionDuration: 3600,
      },
    };
  }

  #principalIn(arn: string): string {
    const [, account, kind, name = ''] =
      /^arn:aws:iam::(\d{12}):(user|role)\/(?:[^/]+\/)*([\w+=,.@-]+)$/.exec(arn) ?? [];
    if (account !== accountId) throw new AwsError('InvalidInput', `Invalid Entity Arn: ${arn}`);
    if (kind === 'role') this.#checkRole(name);
    return name;
  }

  #checkRole(name: string): void {
    if (this.hasFunction && name === localRoleName) return;
    throw noSuchEntity(`The role with name ${name} cannot be found.`);
  }
}
