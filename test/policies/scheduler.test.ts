import { functionArn } from '../../local/aws/function/names';
import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import { startAwsLocal } from '../../local/aws/server';
import { closeAfterTest } from '../support/closing';
import { Deployment } from '../support/deployment';
import { fleetTemplate, region, rotationTemplate } from '../support/stacks';
import { refused, unneeded } from './support/needs';
import { serviceCalls } from './support/serviceCalls';

// Stacks are synthesized, on machines that may be busy.
jest.setTimeout(60_000);

const accessKeyId = 'scheduler';
const invoke = 'lambda:InvokeFunction';

describe.each([
  ['single connections', () => rotationTemplate(['acme', 'globex']), 'RotatorRole'],
  ['a fleet', () => fleetTemplate('acme'), 'DispatcherRole'],
] as const)('EventBridge Scheduler under its role of %s', (_name, templateOf, invokedRole) => {
  async function prepare() {
    const policies = new IdentityPolicies(region);
    const aws = await startAwsLocal({ authorize: policies.authorize });
    closeAfterTest(() => aws.close());
    const deployment = new Deployment(templateOf(), aws);
    const permissions = deployment.ofRole('SchedulerRole');
    policies.attach(accessKeyId, { permissions });
    const call = (action: string, resource: string) =>
      policies.authorize({ accessKeyId, action, resource });
    return { deployment, policies, permissions, call };
  }

  it('invokes what each schedule is for, and needs all that the role allows', async () => {
    const { deployment, policies, permissions, call } = await prepare();
    const calls = serviceCalls(deployment, 'SchedulerRole');
    const [invoked] = deployment.functionsOf(invokedRole);

    for (const { action, resource } of calls) call(action, resource);

    expect(calls).toContainEqual({ action: invoke, resource: functionArn(region, invoked?.name) });
    expect(refused(policies.decided)).toEqual([]);
    expect(unneeded(permissions, policies.decided)).toEqual([]);
  });

  it('invokes no other function, nor a version or alias of this one', async () => {
    const { deployment, call } = await prepare();
    const [invoked] = deployment.functionsOf(invokedRole);
    const arn = functionArn(region, invoked?.name);

    const allowed = [arn, `${arn}:1`, `${arn}:live`, functionArn(region, 'another')].filter(
      (each) => call(invoke, each),
    );

    expect(allowed).toEqual([arn]);
  });
});
