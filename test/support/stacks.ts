import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { TokenRotationFleetStack } from '../../infra/fleet/fleetStack';
import { TokenRotationStack } from '../../infra/rotationStack';
import { accountId } from '../../local/aws/account';
import { connection } from '../infra/exampleConnection';
import { code, projectApp } from '../infra/support';

/** The Region of the endpoint's clients. */
export const region = 'us-east-1';
export const customerKeyArn = `arn:aws:kms:${region}:${accountId}:key/0a1b2c3d-1111-2222-3333-0123456789ab`;
/** A key that a stack had before. */
export const earlierKeyArn = customerKeyArn.replace('0a1b2c3d', '00000000');

const env = { account: accountId, region };
const lambda = new ServicePrincipal('lambda.amazonaws.com');
const under = (kmsKeyArn: string | undefined) => (kmsKeyArn === undefined ? {} : { kmsKeyArn });

/** The stack of these connections, with a role `Reader` that may read the first one's token set. */
export function rotationTemplate(connections: readonly string[], kmsKeyArn?: string): Template {
  const stack = new TokenRotationStack(projectApp(), 'Stack', {
    env,
    code,
    connections: connections.map((name) => connection(name)),
    ...under(kmsKeyArn),
  });
  stack.rotation.grantRead(new Role(stack, 'Reader', { assumedBy: lambda }), connections[0]);
  return Template.fromStack(stack);
}

/** The stack of a fleet, with operators of `acme-`, and a role `Reader` for one connection's token. */
export function fleetTemplate(
  readable: string,
  kmsKeyArn?: string,
  previousKmsKeyArns: readonly string[] = [],
): Template {
  const stack = new TokenRotationFleetStack(projectApp(), 'Stack', {
    env,
    code,
    dispatcherCode: code,
    operators: ['acme-'],
    previousKmsKeyArns,
    ...under(kmsKeyArn),
  });
  stack.fleet.grantRead(new Role(stack, 'Reader', { assumedBy: lambda }), readable);
  return Template.fromStack(stack);
}
