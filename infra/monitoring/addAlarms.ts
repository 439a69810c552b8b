import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { warnOfExamples, warnOfMissingSubscription } from '../warnings';
import type { AlarmSpecification } from './alarmSpecification';

/** Who gets the alarms. */
export interface AlarmProps {
  /**
   * Address that each alarm is sent to, once its owner has confirmed the subscription.
   *
   * @default - nobody is subscribed
   */
  readonly alarmEmail?: string;
  /**
   * Topic to publish alarms to. Its policy must let `cloudwatch.amazonaws.com` publish, and so
   * must the policy of its key.
   *
   * @default - a topic of its own
   */
  readonly alarmTopic?: ITopic;
  /**
   * Where the runbook is for those who get the alarms, such as a copy in a wiki: an absolute URL, to
   * which the section is added as `#anchor`.
   *
   * @default 'docs/runbook.md', its place in the package
   */
  readonly runbookUrl?: string;
}

export const runbookOf = ({ runbookUrl = 'docs/runbook.md' }: AlarmProps) => runbookUrl;

/** What the names of a construct's alarms and of its dashboard begin with. */
export const prefixOf = (scope: Construct) => `${Stack.of(scope).stackName}-${scope.node.id}`;

export function addAlarms(
  scope: Construct,
  specifications: readonly AlarmSpecification[],
  props: AlarmProps,
): { readonly alarmTopic: ITopic; readonly alarms: readonly Alarm[] } {
  const alarmTopic = props.alarmTopic ?? addTopic(scope);
  warnOfExamples(scope, { alarmEmail: props.alarmEmail, runbookUrl: props.runbookUrl });
  if (props.alarmEmail !== undefined) {
    alarmTopic.addSubscription(new EmailSubscription(props.alarmEmail));
  }
  const action = new SnsAction(alarmTopic);
  const alarms = specifications.map((specification) => {
    const alarm = addAlarm(scope, specification, runbookOf(props));
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
  return { alarmTopic, alarms };
}

function addAlarm(scope: Construct, specification: AlarmSpecification, runbook: string): Alarm {
  const { id, meaning, isAboutSome, anchor, ...properties } = specification;
  const which = isAboutSome ? ' Which one: npm run ops -- status --attention.' : '';
  return new Alarm(scope, id, {
    ...properties,
    // In the subject of the e-mail: a generated name would end in digits instead.
    alarmName: `${prefixOf(scope)}-${id}`,
    alarmDescription: `${meaning}${which} What to do: ${runbook}#${anchor}`,
  });
}

/**
 * The topic that alarms of this account and Region publish to. It is not under a key: CloudWatch
 * cannot use the AWS managed key of SNS (Amazon SNS developer guide, "Enable compatibility between
 * event sources from AWS services and encrypted topics"), and no message holds a secret.
 */
function addTopic(scope: Construct): Topic {
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
  warnOfMissingSubscription(topic);
  return topic;
}
