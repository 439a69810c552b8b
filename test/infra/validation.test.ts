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
function everyStack(app: App): void {
  new TokenRotationStack(app, 'Single', {
    ...shared,
    env,
    connections: [connection('news', { replicaRegions: ['eu-central-1'] }), connection('mail')],
    reservedConcurrency: 2,
    detailedMonitoring: true,
  });
  new TokenRotationFleetStack(app, 'Fleet', {
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
}

describe("CDK's own validation", () => {
  it('finds nothing in the stacks, with every option in use, but a mistake in one beside them', () => {
    const app = projectApp({ builtinCloudFormationValidation: true });
    everyStack(app);
    const careless = new Stack(app, 'Careless', { env });
    new CfnQueue(careless, 'Queue', { visibilityTimeout: -1 });

    expect(findings(careless)).toEqual(['VisibilityTimeout: -1 is less than the minimum of 0']);
  });
});

/** Of all stacks of the app: each is an error, which is in the report that is thrown. */
function findings(stack: Stack): (string | undefined)[] {
  let report = '';
  try {
    Template.fromStack(stack);
  } catch (thrown) {
    report = (thrown as Error).message;
  }
  return [...report.matchAll(/^[A-Z]+ (.+) \(CloudFormation Validate\)$/gm)].map(
    ([, what]) => what,
  );
}
