/** What a CDK app of one's own imports, as `sfmc-token-rotator/infra`. */

export { ConfigurationError } from './configurationError';
export type { Connection } from './connections';
export { TokenRotationFleetStack, type TokenRotationFleetStackProps } from './fleet/fleetStack';
export { TokenRotationFleet, type TokenRotationFleetProps } from './fleet/tokenRotationFleet';
export type { AlarmProps } from './monitoring/addAlarms';
export {
  TokenRotationFleetMonitoring,
  type TokenRotationFleetMonitoringProps,
} from './monitoring/tokenRotationFleetMonitoring';
export {
  TokenRotationMonitoring,
  type TokenRotationMonitoringProps,
} from './monitoring/tokenRotationMonitoring';
export type { RotationEvent } from './rotationEvents';
export { TokenRotationStack, type TokenRotationStackProps } from './rotationStack';
export type { RotatorFunctionOptions } from './rotatorFunction';
export { TokenRotation, type TokenRotationProps } from './tokenRotation';
