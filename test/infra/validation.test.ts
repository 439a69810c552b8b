import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { TokenRotationFleetStack } from '../../infra/fleet/fleetStack';
import { TokenRotationStack } from '../../infra/rotationStack';
import { TokenRotation } from '../../infra/tokenRotation';
import { connection } from './exampleConnection';
import { account, code, keyArn, projectApp, region } from './support';

const env = { account, region };
const shared = { code, kmsKeyArn: keyArn, alarmEmail: 'ops@example.com' };

/** In one app: the rules are loaded again for types of resources that were not there before. */
function everyStack(app: App): Stack[] {
  const single = new TokenRotationStack(app, 'Single', {
    ...shared,
    env,
    connections: [connection('news', { replicaRegions: ['eu-central-1'] }), connection('mail')],
    reservedConcurrency: 2,
    detailedMonitoring: true,
  });
  const fleet = new TokenRotationFleetStack(app, 'Fleet', {
    ...shared,
    env,
    dispatcherCode: code,
    concurrency: 20,
    reservedConcurrency: 20,
    operators: ['acme-', 'globex-'],
  });
  const inVpc = new Stack(app, 'InVpc', { env });
  const vpc = new Vpc(inVpc, 'Vpc', { maxAzs: 1 }) as IVpc;
  new TokenRotation(inVpc, 'TokenRotation', { connections: [connection('ads')], code, vpc });
  return [single, fleet, inVpc];
}

describe("CDK's own validation", () => {
  it('finds nothing in the stacks, with every option in use', () => {
    const stacks = everyStack(projectApp({ builtinCloudFormationValidation: true }));

    for (const stack of stacks) expect(() => Template.fromStack(stack)).not.toThrow();
  });

  it('would find a mistake', () => {
    const app = projectApp({ builtinCloudFormationValidation: true });
    const [single] = everyStack(app) as [Stack];
    new CfnQueue(single, 'Careless', { visibilityTimeout: -1 });

    expect(() => Template.fromStack(single)).toThrow(
      'VisibilityTimeout: -1 is less than the minimum of 0',
    );
  });
});
