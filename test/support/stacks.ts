import path from 'node:path';
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

/** As the test environment has it, `nodeEnvironment.cjs`. */
declare const requireShared: (file: string) => Map<string, string>;
/** Templates that this worker has synthesized, for this test file or another. */
const synthesized = requireShared(path.join(__dirname, 'madeOnce.cjs'));

/** Synthesizes a template once for each of its options; every call is given a template of its own. */
function once<Options extends unknown[]>(make: (...options: Options) => Template) {
  return (...options: Options): Template => {
    const key = JSON.stringify([make.name, ...options]);
    const text = synthesized.get(key) ?? JSON.stringify(make(...options).toJSON());
    synthesized.set(key, text);
    return Template.fromString(text);
  };
}

/** The stack of these connections, with a role `Reader` that may read the first one's token set. */
export const rotationTemplate = once(function rotation(
  connections: readonly string[],
  kmsKeyArn?: string,
): Template {
  const stack = new TokenRotationStack(projectApp(), 'Stack', {
    env,
    code,
    connections: connections.map((name) => connection(name)),
    ...under(kmsKeyArn),
  });
  stack.rotation.grantRead(new Role(stack, 'Reader', { assumedBy: lambda }), connections[0]);
  return Template.fromStack(stack);
});

/** The stack of a fleet, with operators of `acme-`, and a role `Reader` for one connection's token. */
export const fleetTemplate = once(function fleet(
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
});
