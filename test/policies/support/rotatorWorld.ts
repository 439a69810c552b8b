import type { Template } from 'aws-cdk-lib/assertions';
import { IdentityPolicies } from '../../../local/aws/iam/identityPolicies';
import type { Permission } from '../../../local/aws/iam/policyEvaluation';
import { Deployment } from '../../support/deployment';
import { LambdaWorld } from '../../support/lambdaWorld';
import { rotatorKeyId } from '../../support/rotatorEnvironment';
import { region } from '../../support/stacks';
import { makeSecrets } from './makeSecrets';
import type { Attempt } from './rotations';
import { serviceCalls } from './serviceCalls';

/**
 * The built rotator, which calls the endpoint under its role in a template.
 *
 * @param connections those whose secrets there are
 */
export async function startRotatorWorld(
  template: Template,
  connections: readonly string[],
  kmsKeyArn?: string,
) {
  const policies = new IdentityPolicies(region);
  const world = await LambdaWorld.start({ authorize: policies.authorize });
  const deployment = new Deployment(template, world.aws);
  makeSecrets(world.aws, connections, kmsKeyArn);
  const permissions = deployment.ofRole('RotatorRole');
  const attach = (attached: readonly Permission[]) =>
    policies.attach(rotatorKeyId, { permissions: attached });
  attach(permissions);
  /** What Lambda does for the function under its role. */
  const callServices = () => {
    for (const call of serviceCalls(deployment, 'RotatorRole')) {
      policies.authorize({ accessKeyId: rotatorKeyId, ...call });
    }
  };
  const attempt = (connection: string): Attempt => ({
    world,
    connection,
    connect(options) {
      const stored = world.connect(connection, options);
      if (kmsKeyArn !== undefined) {
        world.aws.parameterStore.putParameter({
          Name: `/sfmc/${connection}/client-secret`,
          Value: world.provider.clientSecret,
          KeyId: kmsKeyArn,
          Overwrite: true,
        });
      }
      return stored;
    },
  });
  return { world, policies, permissions, attach, attempt, callServices };
}
