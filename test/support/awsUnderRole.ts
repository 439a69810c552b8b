import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from '../../local/aws/server';
import { Deployment } from './deployment';
import { rotatorKeyId } from './rotatorEnvironment';
import { fleetTemplate, region } from './stacks';

let template: ReturnType<typeof fleetTemplate> | undefined;

/**
 * An endpoint at which the built rotator may do what its role allows, and nobody else anything. The
 * role is that of a fleet, out of the synthesized template: its paths take every connection's name.
 */
export async function startAwsUnderRole(
  options: Omit<AwsLocalOptions, 'authorize'> = {},
): Promise<AwsLocal> {
  const policies = new IdentityPolicies(region);
  const aws = await startAwsLocal({ ...options, authorize: policies.authorize });
  template ??= fleetTemplate('unused');
  policies.attach(rotatorKeyId, {
    permissions: new Deployment(template, aws).ofRole('RotatorRole'),
  });
  return aws;
}
