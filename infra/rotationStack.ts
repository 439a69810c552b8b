import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { connectionNames } from '../lambda/core/names';
import {
  TokenRotationMonitoring,
  type TokenRotationMonitoringProps,
} from './monitoring/tokenRotationMonitoring';
import { TokenRotation, type TokenRotationProps } from './tokenRotation';

export interface TokenRotationStackProps
  extends StackProps,
    Omit<TokenRotationProps, 'encryptionKey' | 'previousEncryptionKeys'>,
    Omit<TokenRotationMonitoringProps, 'rotation'> {
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
}

/** The rotation and its monitoring as a stack of their own, with outputs for what others need of it. */
export class TokenRotationStack extends Stack {
  readonly rotation: TokenRotation;
  readonly monitoring: TokenRotationMonitoring;

  constructor(scope: Construct, id: string, props: TokenRotationStackProps) {
    super(scope, id, props);
    const { kmsKeyArn, previousKmsKeyArns = [] } = props;
    this.rotation = new TokenRotation(this, 'TokenRotation', {
      ...props,
      ...(kmsKeyArn && { encryptionKey: Key.fromKeyArn(this, 'EncryptionKey', kmsKeyArn) }),
      previousEncryptionKeys: previousKmsKeyArns.map((arn, index) =>
        Key.fromKeyArn(this, `PreviousKey${index + 1}`, arn),
      ),
    });
    this.monitoring = new TokenRotationMonitoring(this, 'Monitoring', {
      ...props,
      rotation: this.rotation,
    });
    new CfnOutput(this, 'AlarmTopicArn', {
      description: 'Topic that alarms go to: subscribe to it',
      value: this.monitoring.alarmTopic.topicArn,
    });
    for (const [connection, secret] of this.rotation.secrets) {
      const outputs = new Construct(this, connection);
      new CfnOutput(outputs, 'SecretName', {
        description: `Secret that holds the token set of the connection "${connection}"`,
        value: connectionNames(connection).secret,
      });
      new CfnOutput(outputs, 'SecretArn', {
        description: `ARN of the secret of the connection "${connection}"`,
        value: secret.secretArn,
      });
    }
  }
}
