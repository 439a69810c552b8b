import { Annotations, Duration, RemovalPolicy, Token, Validations } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Code, Function as LambdaFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { rotatorGrants } from '../lambda/core/grants';
import { functionTimeoutMs } from '../lambda/core/limits';
import { builtCode } from './builtCode';
import { ConfigurationError } from './configurationError';
import { nodeFunction } from './nodeFunction';
import { allow } from './permissions';
import { eventBusName } from './rotationEvents';

export interface RotatorFunctionOptions {
  /**
   * The rotator's code, exporting `index.handler`.
   *
   * @default - the bundle that `npm run build` leaves in `dist/rotator`
   */
  readonly code?: Code;
  /**
   * Invocations at a time that the account keeps free for the rotator, and allows it. At least as
   * many as take messages at a time: of others Lambda would throttle, each delivery counts as a
   * receive of its message. Two invocations of one connection never overlap, whatever is reserved.
   * New accounts may have a concurrency limit of 10, and none of it can be reserved: there the
   * deployment fails.
   *
   * @default - not reserved
   */
  readonly reservedConcurrency?: number;
  /**
   * How long the rotator's log is kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * Where the rotator runs. From there it has to reach Secrets Manager, SSM, SQS, EventBridge and the
   * provider: by a NAT gateway, or the four by interface endpoints.
   *
   * @default - Lambda's own network
   */
  readonly vpc?: IVpc;
  /** @default - the private subnets of the VPC */
  readonly vpcSubnets?: SubnetSelection;
  /** @default - one of its own, which lets everything out */
  readonly securityGroups?: readonly ISecurityGroup[];
  /**
   * Further environment variables, such as those of a proxy. The ones that the rotator is deployed with
   * cannot be changed.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default Tracing.DISABLED */
  readonly tracing?: Tracing;
}

export interface RotatorFunctionProps extends RotatorFunctionOptions {
  /** The one that its messages come from. */
  readonly queue: IQueue;
  /** How many messages are taken at a time. */
  readonly concurrency: number;
  /** Beside what every rotator has. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The one function that serves every connection, with its role and its log. */
export class RotatorFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  /** @throws ConfigurationError for a reservation that would throttle it */
  constructor(scope: Construct, id: string, props: RotatorFunctionProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      description: 'Refreshes Marketing Cloud tokens and stores them in Secrets Manager',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.logGroup = new LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Keeps Marketing Cloud access tokens fresh in Secrets Manager',
      code: props.code ?? builtCode('rotator'),
      ...nodeFunction,
      // Paid by memory, it mostly waits: for AWS, for the provider, and for its second to be over. A
      // warm one needs some 100 MB; a cold start takes longer, once in a while.
      memorySize: 256,
      timeout: Duration.millis(functionTimeoutMs),
      // Of a message Lambda has the queue repeat what failed. An event that a person sends, or
      // Secrets Manager, is in the queue as well before it uses a refresh token: repeated by Lambda
      // it would overlap with that message.
      retryAttempts: 0,
      environment: environmentOf(props),
      logGroup: this.logGroup,
      // What it may do is in permissions.ts, and no construct adds to it unseen.
      role: this.role.withoutPolicyUpdates(),
      ...reserved(props),
      ...networkOf(props),
      ...(props.tracing && { tracing: props.tracing }),
    });
    this.warnOfDroppedPolicies();
    this.allowNetworkAndTracing(props);
  }

  /** The VPC and tracing are of no connection, so that all resources are meant. */
  private allowNetworkAndTracing({ vpc, tracing }: RotatorFunctionProps) {
    const isTraced = tracing !== undefined && tracing !== Tracing.DISABLED;
    const actions = [
      ...(vpc ? rotatorGrants.network : []),
      ...(isTraced ? rotatorGrants.tracing : []),
    ];
    if (actions.length === 0) return;
    this.role.addToPolicy(allow(actions, ['*']));
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Network interfaces of functions, and traces, have no resource that a policy could name ' +
        '(Service Authorization Reference).',
    });
  }

  /** CDK's own constructs ask for permissions, and do not get them; a person should know. */
  private warnOfDroppedPolicies() {
    const { role } = this.function;
    if (!role) return;
    role.addManagedPolicy = (policy) => {
      Annotations.of(this).addWarningV2(
        'sfmc-token-rotator:managedPolicyDropped',
        `The policy ${Token.asString(policy.managedPolicyArn)} is not attached: the function's role takes ` +
          'no more permissions by the way. If you mean it, add it to rotatorRole.',
      );
    };
  }

  /** Has `rotated` events put on the bus too, which without a subscriber would be paid for nothing. */
  putRotatedEvents(): void {
    this.function.addEnvironment('ROTATED_EVENTS', 'true');
  }
}

/** @throws ConfigurationError for a variable that the rotator is deployed with */
function environmentOf({ queue, settings, environment = {} }: RotatorFunctionProps) {
  const own = {
    QUEUE_ARN: queue.queueArn,
    QUEUE_URL: queue.queueUrl,
    EVENT_BUS_NAME: eventBusName,
    ...settings,
  };
  const taken = Object.keys(environment).filter((name) => name in own);
  if (taken.length > 0) {
    throw new ConfigurationError(
      `environment must not have ${taken.join(', ')}: the constructs set it, by properties of their own.`,
    );
  }
  return { ...environment, ...own };
}

/** @throws ConfigurationError for subnets or security groups without a VPC */
function networkOf({ vpc, vpcSubnets, securityGroups }: RotatorFunctionProps) {
  if (vpc) {
    return {
      vpc,
      ...(vpcSubnets && { vpcSubnets }),
      ...(securityGroups && { securityGroups: [...securityGroups] }),
    };
  }
  if (!vpcSubnets && !securityGroups) return {};
  throw new ConfigurationError(
    'vpcSubnets and securityGroups need a vpc: add it, or leave them out.',
  );
}

function reserved({ reservedConcurrency, concurrency }: RotatorFunctionProps) {
  if (reservedConcurrency === undefined) return {};
  if (!Number.isInteger(reservedConcurrency) || reservedConcurrency < concurrency) {
    throw new ConfigurationError(
      `reservedConcurrency must be a whole number from ${concurrency} up, as many rotations as are ` +
        'begun at a time: Lambda would throttle the rest, and each throttled delivery counts as a ' +
        'failed one. Leave it out to reserve none.',
    );
  }
  return { reservedConcurrentExecutions: reservedConcurrency };
}
