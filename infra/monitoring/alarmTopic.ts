import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/**
 * The topic that alarms of this account and Region publish to. It is not under a key: CloudWatch
 * cannot use the AWS managed key of SNS (Amazon SNS developer guide, "Enable compatibility between
 * event sources from AWS services and encrypted topics"), and no message holds a secret.
 */
export function addAlarmTopic(scope: Construct): Topic {
  const topic = new Topic(scope, 'AlarmTopic', {
    displayName: 'Marketing Cloud token rotator',
    enforceSSL: true,
  });
  // The statement that enforces TLS is a policy, and a topic that has one has lost the default
  // policy by which everyone of the account may publish.
  const stack = Stack.of(scope);
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: {
          'aws:SourceArn': stack.formatArn({
            service: 'cloudwatch',
            resource: 'alarm',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  return topic;
}
