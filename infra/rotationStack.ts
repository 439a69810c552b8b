import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { connectionNames } from './names';
import { TokenRotation, type TokenRotationProps } from './tokenRotation';

export interface TokenRotationStackProps
  extends StackProps,
    Omit<TokenRotationProps, 'encryptionKey'> {
  /**
   * ARN of a customer managed key of the stack's Region.
   *
   * @default - the AWS managed key `aws/secretsmanager`
   */
  readonly kmsKeyArn?: string;
}

/** The rotation as a stack of its own, which tells the names and ARNs of its secrets. */
export class TokenRotationStack extends Stack {
  readonly rotation: TokenRotation;

  constructor(scope: Construct, id: string, props: TokenRotationStackProps) {
    super(scope, id, props);
    const { kmsKeyArn } = props;
    this.rotation = new TokenRotation(this, 'TokenRotation', {
      ...props,
      ...(kmsKeyArn && { encryptionKey: Key.fromKeyArn(this, 'EncryptionKey', kmsKeyArn) }),
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
