import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  TokenRotationFleetMonitoring,
  type TokenRotationFleetMonitoringProps,
} from '../monitoring/tokenRotationFleetMonitoring';
import { TokenRotationFleet, type TokenRotationFleetProps } from './tokenRotationFleet';

export interface TokenRotationFleetStackProps
  extends StackProps,
    Omit<TokenRotationFleetProps, 'encryptionKey' | 'previousEncryptionKeys'>,
    Omit<TokenRotationFleetMonitoringProps, 'fleet'> {
  /**
   * ARN of a customer managed key of the stack's Region.
   *
   * @default - the AWS managed key `aws/secretsmanager`
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs of the keys that `kmsKeyArn` named before: what is under them stays readable.
   *
   * @default - none
   */
  readonly previousKmsKeyArns?: readonly string[];
  /**
   * Beginnings of connections' names. Each of them gets a policy for its operators.
   *
   * @default - none
   */
  readonly operators?: readonly string[];
}

/** A fleet and its monitoring as a stack of their own, with outputs for what others need of it. */
export class TokenRotationFleetStack extends Stack {
  readonly fleet: TokenRotationFleet;
  readonly monitoring: TokenRotationFleetMonitoring;

  constructor(scope: Construct, id: string, props: TokenRotationFleetStackProps = {}) {
    super(scope, id, props);
    const { kmsKeyArn, previousKmsKeyArns = [], operators = [] } = props;
    this.fleet = new TokenRotationFleet(this, 'Fleet', {
      ...props,
      ...(kmsKeyArn && { encryptionKey: Key.fromKeyArn(this, 'EncryptionKey', kmsKeyArn) }),
      previousEncryptionKeys: previousKmsKeyArns.map((arn, index) =>
        Key.fromKeyArn(this, `PreviousKey${index + 1}`, arn),
      ),
    });
    this.monitoring = new TokenRotationFleetMonitoring(this, 'Monitoring', {
      ...props,
      fleet: this.fleet,
    });
    new CfnOutput(this, 'AlarmTopicArn', {
      description: 'Topic that alarms go to: subscribe to it',
      value: this.monitoring.alarmTopic.topicArn,
    });
    new CfnOutput(this, 'ReaderPolicyArn', {
      description: "Policy for readers: the connection is the principal's tag sfmc-connection",
      value: this.fleet.readerPolicy().managedPolicyArn,
    });
    for (const prefix of operators) {
      new CfnOutput(new Construct(this, `Operators-${prefix}`), 'PolicyArn', {
        description: `Policy for operators of the connections that begin with ${prefix}`,
        value: this.fleet.operatorPolicy(prefix).managedPolicyArn,
      });
    }
  }
}
