import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { TokenRotation } from '../tokenRotation';
import { type AlarmProps, addAlarms, prefixOf, runbookOf } from './addAlarms';
import { alarmSpecifications } from './alarms';
import { addDashboard } from './dashboard';

export interface TokenRotationMonitoringProps extends AlarmProps {
  readonly rotation: TokenRotation;
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
    const { rotation } = props;
    const { alarmTopic, alarms } = addAlarms(this, alarmSpecifications(rotation), props);
    this.alarmTopic = alarmTopic;
    this.alarms = alarms;
    this.dashboard = addDashboard(this, {
      dashboardName: prefixOf(this),
      rotation,
      alarms,
      runbook: runbookOf(props),
    });
  }
}
