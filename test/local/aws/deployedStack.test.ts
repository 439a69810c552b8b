import { IdentityPolicies } from '../../../local/aws/iam/identityPolicies';
import { startAwsLocal } from '../../../local/aws/server';
import { closeAfterTest } from '../../support/closing';
import { Deployment } from '../../support/deployment';
import { fleetTemplate, region, rotationTemplate } from '../../support/stacks';
import { fixedNowMs } from './server/support';

async function deploy(template: ConstructorParameters<typeof Deployment>[0]) {
  const policies = new IdentityPolicies(region);
  const aws = await startAwsLocal({ now: () => fixedNowMs, authorize: policies.authorize });
  closeAfterTest(() => aws.close());
  const deployment = new Deployment(template, aws);
  const { QUEUE_URL = '', QUEUE_ARN } = deployment.rotatorVariables();
  const received = () =>
    aws.sqs.receiveMessage({ QueueUrl: QUEUE_URL, MessageSystemAttributeNames: ['All'] });
  return { aws, deployment, policies, queueArn: QUEUE_ARN, received };
}

it("sends a connection's tick through the queue that feeds the rotator", async () => {
  const { aws, deployment, policies, queueArn, received } = await deploy(
    rotationTemplate(['acme', 'globex']),
  );
  const role = deployment.roleArn('SchedulerRole').split('/').at(-1) ?? '';
  policies.attach(role, { permissions: deployment.ofRole('SchedulerRole') });

  aws.fireSchedule('sfmc-acme');

  expect(received().Messages).toMatchObject([
    {
      Body: '{"connection":"acme","scheduledAt":"2026-11-24T08:00:00Z"}',
      Attributes: { MessageGroupId: 'acme', ApproximateReceiveCount: '1' },
    },
  ]);
  expect(aws.eventSourceMappings.listEventSourceMappings({}).EventSourceMappings).toMatchObject([
    { EventSourceArn: queueArn, BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] },
  ]);
});

it('has the queue of a fleet, too', async () => {
  const { aws, deployment, queueArn } = await deploy(fleetTemplate('acme'));

  expect(deployment.rotatorVariables()).toMatchObject({ EVENT_BUS_NAME: 'default' });
  expect(aws.eventSourceMappings.listEventSourceMappings({}).EventSourceMappings).toMatchObject([
    { EventSourceArn: queueArn },
  ]);
});
