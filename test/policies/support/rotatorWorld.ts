import type { Template } from 'aws-cdk-lib/assertions';
import { IdentityPolicies } from '../../../local/aws/iam/identityPolicies';
import type { Permission } from '../../../local/aws/iam/policyEvaluation';
import { startLambda } from '../../../local/aws/lambda/lambda';
import { closeAfterTest } from '../../support/closing';
import { Deployment } from '../../support/deployment';
import { LambdaWorld } from '../../support/lambdaWorld';
import { rotatorEnvironment, rotatorKeyId } from '../../support/rotatorEnvironment';
import { region } from '../../support/stacks';
import { makeSecrets } from './makeSecrets';
import type { Attempt } from './rotations';
import { serviceCalls } from './serviceCalls';

/**
 * The built rotator, which calls the endpoint under its role and with its environment in a template.
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
  const [deployed] = deployment.functionsOf('RotatorRole');
  const variables = deployed?.properties.Environment?.Variables ?? {};
  const lambda = startLambda({ env: { ...rotatorEnvironment(world.aws.url), ...variables } });
  closeAfterTest(() => lambda.close());
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
    lambda,
    connection,
    queueArn: variables.QUEUE_ARN ?? '',
    advance(ms) {
      world.advance(ms);
      lambda.moveClock(ms);
    },
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
  return { world, lambda, policies, permissions, attach, attempt, callServices };
}
