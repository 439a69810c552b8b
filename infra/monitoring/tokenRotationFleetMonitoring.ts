import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { TokenRotationFleet } from '../fleet/tokenRotationFleet';
import { type AlarmProps, addAlarms, prefixOf, runbookOf } from './addAlarms';
import { fleetAlarmSpecifications } from './fleetAlarms';
import { addFleetDashboard } from './fleetDashboard';

export interface TokenRotationFleetMonitoringProps extends AlarmProps {
  readonly fleet: TokenRotationFleet;
}

/**
 * Alarms on a fleet, a topic that they go to, and a dashboard: as many for one connection as for
 * all. Names begin with those of the stack and of this construct.
 */
export class TokenRotationFleetMonitoring extends Construct {
  readonly alarmTopic: ITopic;
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: TokenRotationFleetMonitoringProps) {
    super(scope, id);
    const { fleet } = props;
    const { alarmTopic, alarms } = addAlarms(this, fleetAlarmSpecifications(fleet), props);
    this.alarmTopic = alarmTopic;
    this.alarms = alarms;
    this.dashboard = addFleetDashboard(this, {
      dashboardName: prefixOf(this),
      fleet,
      alarms,
      runbook: runbookOf(props),
    });
  }
}
