import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from '../../local/aws/server';
import { Deployment } from './deployment';
import { rotatorKeyId } from './rotatorEnvironment';
import { fleetTemplate, region } from './stacks';

/**
 * An endpoint at which the built rotator may do what its role allows, and nobody else anything. The
 * role is that of a fleet, out of the synthesized template: its paths take every connection's name.
 */
export async function startFleetUnderRole(
  options: Omit<AwsLocalOptions, 'authorize'> = {},
): Promise<{ readonly aws: AwsLocal; readonly deployment: Deployment }> {
  const policies = new IdentityPolicies(region);
  const aws = await startAwsLocal({ ...options, authorize: policies.authorize });
  const deployment = new Deployment(fleetTemplate('unused'), aws);
  policies.attach(rotatorKeyId, { permissions: deployment.ofRole('RotatorRole') });
  return { aws, deployment };
}

/** The endpoint alone. */
export const startAwsUnderRole = async (options?: Omit<AwsLocalOptions, 'authorize'>) =>
  (await startFleetUnderRole(options)).aws;
