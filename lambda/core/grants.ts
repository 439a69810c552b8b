/**
 * Everything that the rotator may do, by what it does it to. The stacks allow this and no more, and
 * `doctor` asks IAM about the same.
 */
export const rotatorGrants = {
  secret: [
    'secretsmanager:GetSecretValue',
    'secretsmanager:ListSecretVersionIds',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
  /** Config, client secret, staged client secret and escrow. */
  parameters: ['ssm:GetParameters'],
  escrow: ['ssm:PutParameter', 'ssm:DeleteParameter'],
  /** Of a customer key, in the name of Secrets Manager: the token set is read and written. */
  secretKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
  /** Of a customer key, in the name of Parameter Store: client secrets are read. */
  clientSecretKey: ['kms:Decrypt'],
  log: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  /**
   * Lambda takes messages in the function's name (AWS managed policy reference,
   * "AWSLambdaSQSQueueExecutionRole").
   */
  takingMessages: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  /** Invoked past the queue, it leaves a message there, which goes on should the invocation die. */
  leavingMessage: ['sqs:SendMessage'],
  eventBus: ['events:PutEvents'],
  /** In a VPC (AWS managed policy reference, "AWSLambdaVPCAccessExecutionRole"). */
  network: [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  /** With tracing (AWS managed policy reference, "AWSXRayDaemonWriteAccess"). */
  tracing: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
} as const;
