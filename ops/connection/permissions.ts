import { type EvaluationResult, paginateSimulatePrincipalPolicy } from '@aws-sdk/client-iam';
import { rotatorGrants } from '../../lambda/core/grants';
import { type ParameterNames, parameterNames } from '../../lambda/core/names';
import type { AwsAccess } from '../awsAccess';
import type { FunctionDescription } from './keeper';
import type { Key } from './keys';
import { attempt, type Reading } from './reading';

/** What IAM says of one action on one resource. */
export interface SimulatedPermission {
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

interface Question {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The service in whose name a key is used. */
  readonly viaService?: string;
}

/** Whose permissions, and on what. */
interface Subject {
  readonly rotator: FunctionDescription;
  readonly secretArn: string;
  readonly keys: Keys;
  /** Of the queue that feeds the rotator; undefined if none does, as in earlier releases. */
  readonly queueArn: string | undefined;
}

const queueActions = [...rotatorGrants.takingMessages, ...rotatorGrants.leavingMessage];

interface Keys {
  readonly secretKey: Reading<Key> | undefined;
  readonly clientSecretKey: Reading<Key> | undefined;
}

/** Asks IAM whether the function's role may do what the stack allows it, and that alone. */
export function readPermissions(
  access: AwsAccess,
  connection: string,
  { rotator, ...rest }: Subject,
): Promise<Reading<readonly SimulatedPermission[]>> {
  const names = parameterNames(connection, access.settings.parameterPrefix);
  return attempt('iam:SimulatePrincipalPolicy', async () => {
    const answers: SimulatedPermission[] = [];
    for (const question of questions({ rotator, ...rest }, names)) {
      answers.push(...(await ask(access, rotator.roleArn, question)));
    }
    return answers;
  });
}

/**
 * Beyond these the rotator needs nothing: the stack's own policy, with the real ARNs. A fleet's goes
 * by path, and has to allow the same on the one connection.
 */
function questions(
  { rotator: { logGroup }, secretArn, keys, queueArn }: Subject,
  names: ParameterNames,
): Question[] {
  const [, partition, , region, account] = secretArn.split(':');
  // In China the hosts of services end otherwise.
  const ending = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = (service: string) => `${service}.${region}.${ending}`;
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const parameterArn = (name: string) => arn('ssm', `parameter${name}`);
  return [
    {
      actions: rotatorGrants.secret,
      resources: [secretArn],
    },
    { actions: rotatorGrants.parameters, resources: Object.values(names).map(parameterArn) },
    {
      actions: rotatorGrants.escrow,
      resources: [parameterArn(names.escrow)],
    },
    ...keyQuestion(keys.secretKey, rotatorGrants.secretKey, host('secretsmanager')),
    ...keyQuestion(keys.clientSecretKey, rotatorGrants.clientSecretKey, host('ssm')),
    {
      actions: rotatorGrants.log,
      resources: [arn('logs', `log-group:${logGroup}:log-stream:any`)],
    },
    { actions: rotatorGrants.eventBus, resources: [arn('events', 'event-bus/default')] },
    ...(queueArn === undefined ? [] : [{ actions: queueActions, resources: [queueArn] }]),
  ];
}

/** AWS managed keys let every principal of the account use them through their service. */
function keyQuestion(
  key: Reading<Key> | undefined,
  actions: readonly string[],
  viaService: string,
): Question[] {
  if (!key?.known || key.value.isAwsManaged || key.value.state === 'missing') return [];
  return [{ actions, resources: [key.value.arn], viaService }];
}

async function ask(
  { aws }: AwsAccess,
  roleArn: string,
  { actions, resources, viaService }: Question,
): Promise<SimulatedPermission[]> {
  const pages = paginateSimulatePrincipalPolicy(
    { client: aws.iam },
    {
      PolicySourceArn: roleArn,
      ActionNames: [...actions],
      ResourceArns: [...resources],
      ...(viaService === undefined ? {} : { ContextEntries: [contextOf(viaService)] }),
    },
  );
  const answers: SimulatedPermission[] = [];
  for await (const { EvaluationResults = [] } of pages)
    answers.push(...EvaluationResults.flatMap(permissionsIn));
  return answers;
}

const contextOf = (service: string) => ({
  ContextKeyName: 'kms:ViaService',
  ContextKeyValues: [service],
  ContextKeyType: 'string' as const,
});

/** With several resources IAM gives the decision on each beside the one on all. */
function permissionsIn(result: EvaluationResult): SimulatedPermission[] {
  const { EvalActionName: action = '', ResourceSpecificResults: each = [] } = result;
  const onAll = { resource: result.EvalResourceName ?? '', decision: result.EvalDecision };
  const decisions = each.map(({ EvalResourceName, EvalResourceDecision }) => ({
    resource: EvalResourceName ?? '',
    decision: EvalResourceDecision,
  }));
  return (decisions.length > 0 ? decisions : [onAll]).map(({ resource, decision }) => ({
    action,
    resource,
    allowed: decision === 'allowed',
  }));
}
