import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { TokenRotationFleet } from '../../infra/fleet/tokenRotationFleet';
import type { RotatorFunctionOptions } from '../../infra/rotatorFunction';
import { TokenRotation } from '../../infra/tokenRotation';
import { rotatorGrants } from '../../lambda/core/grants';
import { findings } from './awsSolutions';
import { connection } from './exampleConnection';
import { account, code, idOf, permissionsOf, projectApp, region } from './support';

const shells = {
  'single connections': (stack: Stack, options: RotatorFunctionOptions) =>
    new TokenRotation(stack, 'Rotation', { connections: [connection('news')], code, ...options }),
  'a fleet': (stack: Stack, options: RotatorFunctionOptions) =>
    new TokenRotationFleet(stack, 'Rotation', { code, dispatcherCode: code, ...options }),
};

describe.each(Object.entries(shells))('the rotator of %s', (_of, shell) => {
  const newStack = () => new Stack(projectApp(), 'Stack', { env: { account, region } });
  const actionsOf = (template: Template) =>
    permissionsOf(template, idOf(template, 'AWS::IAM::Role', 'RotatorRole')).map(
      (line) => line.split(' ')[0],
    );

  it('runs in a VPC with what that needs, and in these subnets and security groups', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 }) as IVpc;
    const group = new SecurityGroup(stack, 'Group', { vpc });

    shell(stack, {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [group],
    });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SecurityGroupIds: [
          { 'Fn::GetAtt': [idOf(template, 'AWS::EC2::SecurityGroup'), 'GroupId'] },
        ],
        SubnetIds: [{ Ref: Match.stringLikeRegexp('Private') }],
      },
    });
    expect(actionsOf(template)).toEqual(expect.arrayContaining([...rotatorGrants.network]));
    expect(findings(stack).filter((finding) => finding.includes('Rotation'))).toEqual([]);
  });

  it('is traced with what that needs, and has these variables beside its own', () => {
    const stack = newStack();

    shell(stack, { tracing: Tracing.ACTIVE, environment: { HTTPS_PROXY: 'http://proxy:3128' } });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      TracingConfig: { Mode: 'Active' },
      Environment: {
        Variables: { HTTPS_PROXY: 'http://proxy:3128', QUEUE_ARN: Match.anyValue() },
      },
    });
    expect(actionsOf(template)).toEqual(expect.arrayContaining([...rotatorGrants.tracing]));
    expect(findings(stack)).toEqual([]);
  });

  it('has neither unless it is asked for', () => {
    const stack = newStack();

    shell(stack, {});

    expect(
      actionsOf(Template.fromStack(stack)).filter((action) => /^(ec2|xray):/.test(action ?? '')),
    ).toEqual([]);
  });

  it('refuses variables that it is deployed with, and a network without a VPC', () => {
    const stack = newStack();
    const group = SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');

    expect(() => shell(newStack(), { environment: { QUEUE_ARN: 'another' } })).toThrow(
      'environment must not have QUEUE_ARN: the constructs set it',
    );
    expect(() => shell(newStack(), { securityGroups: [group] })).toThrow(
      'vpcSubnets and securityGroups need a vpc',
    );
  });

  it('says that a managed policy is dropped, and takes it by its own role', () => {
    const stack = newStack();
    const rotation = shell(stack, {});
    const policy = ManagedPolicy.fromAwsManagedPolicyName(
      'CloudWatchLambdaInsightsExecutionRolePolicy',
    );

    rotation.rotator.role?.addManagedPolicy(policy);
    rotation.rotatorRole.addManagedPolicy(policy);

    const warnings = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp('is not attached'),
    );
    expect(warnings).toHaveLength(1);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      ManagedPolicyArns: [Match.anyValue()],
    });
  });
});
