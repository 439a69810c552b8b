import { Stack } from 'aws-cdk-lib';
import { Alarm, type Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { TokenRotation } from '../tokenRotation';
import { type AlarmSpecification, alarmSpecifications } from './alarmSpecifications';
import { addAlarmTopic } from './alarmTopic';
import { addDashboard } from './dashboard';

export interface TokenRotationMonitoringProps {
  readonly rotation: TokenRotation;
  /**
   * Address that is told of each alarm, once its owner has confirmed the subscription.
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
}

/**
 * Alarms on a rotation, a topic that they go to, and a dashboard. Names begin with those of the
 * stack and of this construct.
 */
export class TokenRotationMonitoring extends Construct {
  readonly alarmTopic: ITopic;
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: TokenRotationMonitoringProps) {
    super(scope, id);
    const { rotation, alarmEmail } = props;
    const name = `${Stack.of(this).stackName}-${id}`;

    this.alarmTopic = props.alarmTopic ?? addAlarmTopic(this);
    if (alarmEmail !== undefined) {
      this.alarmTopic.addSubscription(new EmailSubscription(alarmEmail));
    }
    const action = new SnsAction(this.alarmTopic);
    this.alarms = alarmSpecifications(rotation).map((specification) => {
      const alarm = addAlarm(this, name, specification);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
    this.dashboard = addDashboard(this, { dashboardName: name, rotation, alarms: this.alarms });
  }
}

function addAlarm(scope: Construct, prefix: string, specification: AlarmSpecification): Alarm {
  const { id, meaning, anchor, ...properties } = specification;
  return new Alarm(scope, id, {
    ...properties,
    // In the subject of the e-mail: a generated name would end in digits instead.
    alarmName: `${prefix}-${id}`,
    alarmDescription: `${meaning} What to do: docs/runbook.md#${anchor}`,
  });
}
