import { Duration, RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { CfnRotationSchedule, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { tickMs } from '../lambda/core/limits';
import { connectionNames, scheduleName } from '../lambda/core/names';
import type { Connection } from './connections';

export interface ConnectionResourcesProps {
  readonly connection: Required<Connection>;
  readonly encryptionKey: IKey | undefined;
  /** Whether its secret is there already, and is to be taken over as it is. */
  readonly hasSecret: boolean;
  readonly rotator: LambdaFunction;
  /** With all its permissions. */
  readonly rotatorRole: Role;
  readonly rotationInterval: Duration;
  /** The rotator's. */
  readonly queue: Queue;
  /** With all its permissions. */
  readonly schedulerRole: Role;
  /** Takes the ticks that did not reach the queue. */
  readonly undeliveredTicks: Queue;
}

/**
 * The secret's value until an operator seeds it. CloudFormation writes a secret's value over the
 * live tokens whenever it differs from the last template's, so this one must never change.
 */
const unseeded = SecretValue.unsafePlainText('{}');

/** What one connection has to itself: its secret, its config and its two schedules. */
export class ConnectionResources extends Construct {
  readonly secret: ISecret;
  /** Whether the secret is the stack's. */
  readonly ownsSecret: boolean;

  constructor(scope: Construct, id: string, props: ConnectionResourcesProps) {
    super(scope, id);
    this.ownsSecret = !props.hasSecret;
    this.secret = props.hasSecret ? this.existingSecret(props) : (this.addSecret(props) as ISecret);
    this.addConfig(props);
    this.addSchedule(props);
    this.addOwnRotation(props);
  }

  /** By its name alone: CloudFormation neither makes it, nor changes it, nor takes it away. */
  private existingSecret({ connection: { name } }: ConnectionResourcesProps): ISecret {
    return Secret.fromSecretNameV2(this, 'Secret', connectionNames(name).secret);
  }

  private addSecret({ connection, encryptionKey }: ConnectionResourcesProps): Secret {
    const secret = new Secret(this, 'Secret', {
      secretName: connectionNames(connection.name).secret,
      description: `Marketing Cloud token set of the connection "${connection.name}"`,
      secretStringValue: unseeded,
      // It holds the only copy of the refresh token. If its own creation is rolled back it holds
      // nothing yet, and its name would be taken at the next deployment.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      replicaRegions: connection.replicaRegions.map((region) => ({ region })),
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    return secret;
  }

  /**
   * Secrets Manager's own rotation, beside the schedule that keeps the token fresh: for "Rotate
   * secret immediately" in the console, and for rules that demand a rotation schedule.
   */
  private addOwnRotation({ rotator, rotatorRole, rotationInterval }: ConnectionResourcesProps) {
    const rotation = new CfnRotationSchedule(this, 'OwnRotation', {
      secretId: this.secret.secretArn,
      rotationLambdaArn: rotator.functionArn,
      rotationRules: { automaticallyAfterDays: rotationInterval.toDays() },
      // There is nothing to rotate before an operator has seeded the secret.
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager runs the step testSecret as the function is attached.
    rotation.node.addDependency(rotatorRole, rotator);
  }

  private addConfig({ connection }: ConnectionResourcesProps) {
    const { name, authBaseUrl, clientId, onBrokenChain } = connection;
    new StringParameter(this, 'Config', {
      parameterName: connectionNames(name).config,
      description: `How the connection "${name}" reaches Marketing Cloud`,
      stringValue: JSON.stringify({ authBaseUrl, clientId, onBrokenChain }),
    });
  }

  private addSchedule(props: ConnectionResourcesProps) {
    const { connection, queue, schedulerRole, undeliveredTicks } = props;
    new Schedule(this, 'Schedule', {
      // The operator's commands look it up.
      scheduleName: scheduleName(connection.name),
      description: `Keeps the token of the connection "${connection.name}" fresh`,
      schedule: ScheduleExpression.rate(Duration.millis(tickMs)),
      // A window would bring ticks of one connection closer together. Those of many connections
      // need no more dispersal than Scheduler's own, within the minute (EventBridge Scheduler user
      // guide, "Schedule types").
      timeWindow: TimeWindow.off(),
      target: new SqsSendMessage(queue, {
        messageGroupId: connection.name,
        // The time makes each tick another message to the queue, and a tick that is sent twice one.
        input: ScheduleTargetInput.fromObject({
          connection: connection.name,
          scheduledAt: ContextAttribute.scheduledTime,
        }),
        // A tick that is late is left to the next one; one minute is the least that can be asked.
        maxEventAge: Duration.minutes(1),
        deadLetterQueue: undeliveredTicks,
        role: schedulerRole.withoutPolicyUpdates(),
      }),
    });
  }
}
