import { Match } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { account, idOf, region } from '../support';
import { alarmsIn, monitoringOf } from './support';

describe('the topic', () => {
  const { template } = monitoringOf();

  it('lets the alarms of its account and Region publish, by TLS alone', () => {
    const topic = { Ref: idOf(template, 'AWS::SNS::Topic') };

    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [topic],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Resource: topic,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: topic,
            Condition: {
              StringEquals: { 'aws:SourceAccount': account },
              ArnLike: {
                'aws:SourceArn': `arn:aws:cloudwatch:${region}:${account}:alarm:*`,
              },
            },
          },
        ],
      },
    });
  });

  // CloudWatch could not use the AWS managed key, and every alarm would be silent.
  it('is not under the AWS managed key', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() });
  });

  it('has no subscriber unless an address is given', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);

    const subscribed = monitoringOf(['news'], () => ({ alarmEmail: 'ops@example.com' })).template;

    subscribed.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
      TopicArn: { Ref: idOf(subscribed, 'AWS::SNS::Topic') },
    });
  });
});

it('makes no topic if one is given, and subscribes the address to that one', () => {
  const topicArn = `arn:aws:sns:${region}:${account}:pager`;

  const { template } = monitoringOf(['news'], (stack) => ({
    alarmTopic: Topic.fromTopicArn(stack, 'Pager', topicArn),
    alarmEmail: 'ops@example.com',
  }));

  template.resourceCountIs('AWS::SNS::Topic', 0);
  template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
  template.hasResourceProperties('AWS::SNS::Subscription', { TopicArn: topicArn });
  for (const { AlarmActions, OKActions } of alarmsIn(template).values()) {
    expect([AlarmActions, OKActions]).toEqual([[topicArn], [topicArn]]);
  }
});
