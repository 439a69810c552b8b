import { join } from 'node:path';
import {
  GetRoleCommand,
  IAMClient,
  NoSuchEntityException,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Authorize } from '../../../../local/aws/iam/authorization';
import { localRoleArn, localRoleName } from '../../../../local/aws/lambda/names';
import { closing, fixedNowMs, prepareEndpoint } from './support';

async function prepare(authorize: Authorize = () => true) {
  const { aws, settings } = await prepareEndpoint({
    authorize,
    function: { bundleDir: join(__dirname, 'nowhere') },
  });
  const sts = closing(new STSClient(settings));
  const iam = closing(new IAMClient(settings));
  const simulate = (input: Partial<SimulatePrincipalPolicyCommandInput>) =>
    iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: localRoleArn,
        ActionNames: ['ssm:GetParameter'],
        ...input,
      }),
    );
  return { aws, sts, iam, simulate };
}

describe('GetCallerIdentity', () => {
  it('names the account and the user of the access key, whatever the policies are', async () => {
    const { aws, sts } = await prepare(() => false);

    const { $metadata, ...identity } = await sts.send(new GetCallerIdentityCommand({}));

    expect(identity).toEqual({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/AKIALOCAL',
      UserId: 'AKIALOCAL',
    });
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(aws.calls).toMatchObject([
      { service: 'sts', operation: 'GetCallerIdentity', names: [] },
    ]);
  });
});

describe('SimulatePrincipalPolicy', () => {
  it('decides each action on each resource as the endpoint would', async () => {
    const { simulate } = await prepare(
      ({ action, resource }) =>
        action === 'iam:SimulatePrincipalPolicy' ||
        (action === 'ssm:GetParameter' && resource === 'a&b'),
    );

    const { EvaluationResults = [], IsTruncated } = await simulate({
      ActionNames: ['ssm:GetParameter', 'ssm:PutParameter'],
      ResourceArns: ['a&b', 'c'],
    });

    expect(IsTruncated).toBe(false);
    const decided = EvaluationResults.map((each) => [
      each.EvalActionName,
      each.EvalResourceName,
      each.EvalDecision,
    ]);
    expect(decided).toEqual([
      ['ssm:GetParameter', 'a&b', 'allowed'],
      ['ssm:GetParameter', 'c', 'implicitDeny'],
      ['ssm:PutParameter', 'a&b', 'implicitDeny'],
      ['ssm:PutParameter', 'c', 'implicitDeny'],
    ]);
    for (const each of EvaluationResults) {
      expect(each.ResourceSpecificResults).toEqual([
        {
          EvalResourceName: each.EvalResourceName,
          EvalResourceDecision: each.EvalDecision,
          MatchedStatements: [],
          MissingContextValues: [],
        },
      ]);
    }
  });

  it('takes no resources for all of them', async () => {
    const { simulate } = await prepare();

    const { EvaluationResults } = await simulate({});

    expect(EvaluationResults).toEqual([
      {
        EvalActionName: 'ssm:GetParameter',
        EvalResourceName: '*',
        EvalDecision: 'allowed',
        MatchedStatements: [],
        MissingContextValues: [],
      },
    ]);
  });

  it.each([
    ['arn:aws:iam::123456789012:user/team/AKIAOTHER', 'AKIAOTHER'],
    [localRoleArn, localRoleName],
  ])('asks for %s, not for the caller', async (PolicySourceArn, accessKeyId) => {
    const asked: string[] = [];
    const { simulate } = await prepare((request) => {
      asked.push(`${request.accessKeyId} ${request.action} ${request.resource}`);
      return true;
    });

    await simulate({ PolicySourceArn, ResourceArns: ['x'] });

    expect(asked).toEqual([
      `AKIALOCAL iam:SimulatePrincipalPolicy ${PolicySourceArn}`,
      `${accessKeyId} ssm:GetParameter x`,
    ]);
  });

  it('decides by the condition keys that it is given', async () => {
    const { simulate } = await prepare(
      ({ action, context = {} }) =>
        action === 'iam:SimulatePrincipalPolicy' ||
        [context['kms:ViaService']].flat().includes('ssm.eu-west-1.amazonaws.com'),
    );
    const decide = async (service: string) => {
      const { EvaluationResults = [] } = await simulate({
        ActionNames: ['kms:Decrypt'],
        ContextEntries: [
          {
            ContextKeyName: 'kms:ViaService',
            ContextKeyType: 'string',
            ContextKeyValues: [`${service}.eu-west-1.amazonaws.com`],
          },
        ],
      });
      return EvaluationResults.map(({ EvalDecision }) => EvalDecision);
    };

    expect(await decide('ssm')).toEqual(['allowed']);
    expect(await decide('s3')).toEqual(['implicitDeny']);
  });

  it('is itself refused if no policy allows it', async () => {
    const { simulate } = await prepare(() => false);

    await expect(simulate({})).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`iam:SimulatePrincipalPolicy on resource: ${localRoleArn}`),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it.each([
    ['a role that is not there', 'arn:aws:iam::123456789012:role/other', 'NoSuchEntityException'],
    [
      'an ARN of another account',
      'arn:aws:iam::999999999999:user/someone',
      'InvalidInputException',
    ],
    ['what is no ARN', 'AKIALOCAL-and-some-more-text', 'InvalidInputException'],
    ['too short an ARN', 'arn', 'ValidationError'],
  ])('refuses %s', async (_, PolicySourceArn, name) => {
    const { simulate } = await prepare();

    await expect(simulate({ PolicySourceArn })).rejects.toMatchObject({ name });
  });
});

describe('GetRole', () => {
  it("gives the function's role, which Lambda may assume", async () => {
    const { iam } = await prepare();

    const { Role } = await iam.send(new GetRoleCommand({ RoleName: localRoleName }));

    expect(Role).toMatchObject({ Arn: localRoleArn, Path: '/', CreateDate: new Date(fixedNowMs) });
    const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''));
    expect(trust.Statement[0].Principal).toEqual({ Service: 'lambda.amazonaws.com' });
  });

  it('knows no other role, and none in an endpoint without a function', async () => {
    const { iam } = await prepare();
    const { settings } = await prepareEndpoint();
    const without = closing(new IAMClient(settings));

    const other = iam.send(new GetRoleCommand({ RoleName: 'other' }));
    const none = without.send(new GetRoleCommand({ RoleName: localRoleName }));

    await expect(other).rejects.toThrow(NoSuchEntityException);
    await expect(other).rejects.toThrow('The role with name other cannot be found.');
    await expect(none).rejects.toThrow(NoSuchEntityException);
  });
});
