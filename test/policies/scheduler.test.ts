import type { Template } from 'aws-cdk-lib/assertions';
import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import { functionArn } from '../../local/aws/lambda/names';
import { startAwsLocal } from '../../local/aws/server';
import { queueArn } from '../../local/aws/sqs/sqs';
import { closeAfterTest } from '../support/closing';
import { Deployment } from '../support/deployment';
import { fleetTemplate, region, rotationTemplate } from '../support/stacks';
import { refused, unneeded } from './support/needs';
import { serviceCalls } from './support/serviceCalls';

const accessKeyId = 'scheduler';
const invoke = 'lambda:InvokeFunction';
const send = 'sqs:SendMessage';
const single = rotationTemplate(['acme', 'globex']);
const fleet = fleetTemplate('acme');

async function prepare(template: Template) {
  const policies = new IdentityPolicies(region);
  const aws = await startAwsLocal({ authorize: policies.authorize });
  closeAfterTest(() => aws.close());
  const deployment = new Deployment(template, aws);
  const permissions = deployment.ofRole('SchedulerRole');
  policies.attach(accessKeyId, { permissions });
  const allowed = (action: string, resources: readonly string[]) =>
    resources.filter((resource) => policies.authorize({ accessKeyId, action, resource }));
  return { deployment, policies, permissions, allowed };
}

describe.each([
  ['single connections', single],
  ['a fleet', fleet],
])('EventBridge Scheduler under its role of %s', (_name, template) => {
  it('reaches what each schedule is for, and needs all that the role allows', async () => {
    const { deployment, policies, permissions } = await prepare(template);
    const targets = deployment
      .all<{ readonly Target: { readonly Arn: string } }>('AWS::Scheduler::Schedule')
      .map(({ properties }) => properties.Target.Arn);
    const calls = serviceCalls(deployment, 'SchedulerRole');

    for (const call of calls) policies.authorize({ accessKeyId, ...call });

    expect(calls.map(({ resource }) => resource)).toEqual(expect.arrayContaining(targets));
    expect(targets.length).toBeGreaterThan(0);
    expect(refused(policies.decided)).toEqual([]);
    expect(unneeded(permissions, policies.decided)).toEqual([]);
  });
});

it('Scheduler invokes the dispatcher of a fleet, no other function, nor a version or alias', async () => {
  const { deployment, allowed } = await prepare(fleet);
  const [dispatcher] = deployment.functionsOf('DispatcherRole');
  const arn = functionArn(region, dispatcher?.name);

  expect(allowed(invoke, [arn, `${arn}:1`, `${arn}:live`, functionArn(region, 'another')])).toEqual(
    [arn],
  );
});

it('Scheduler sends to the queue of single connections and to its own dead letters, and invokes nothing', async () => {
  const { deployment, allowed } = await prepare(single);
  const [rotator] = deployment.functionsOf('RotatorRole');
  const arnOf = (part: string) => {
    const queues = deployment.all('AWS::SQS::Queue').filter(({ name }) => name.includes(part));
    expect(queues).toHaveLength(1);
    return queueArn(queues[0]?.name ?? '', region);
  };
  const queue = arnOf('QueuesQueue');
  const undelivered = arnOf('RotationDeadLetterQueue');

  expect(allowed(send, [queue, undelivered, arnOf('QueuesDeadLetterQueue')])).toEqual([
    queue,
    undelivered,
  ]);
  expect(allowed(invoke, [functionArn(region, rotator?.name)])).toEqual([]);
});
