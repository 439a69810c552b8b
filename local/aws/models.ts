import { connectionTag, fleetParameterName } from '../../lambda/core/names';
import { CloudWatchModel } from './cloudWatch/cloudWatch';
import { EventBusModel } from './events/eventBus';
import type { Authorize } from './iam/authorization';
import { IamModel } from './iam/iam';
import { KmsModel } from './kms/kms';
import { EventSourceMappings } from './lambda/eventSourceMappings';
import { LambdaModel } from './lambda/lambdaModel';
import { LocalFunction, type LocalFunctionOptions } from './lambda/localFunction';
import { functionArn, localLogGroupName } from './lambda/names';
import { CloudWatchLogsModel } from './logs/cloudWatchLogs';
import { LogGroup } from './logs/logGroup';
import { ParameterStoreModel } from './parameterStore/parameterStore';
import { SchedulerModel } from './scheduler/scheduler';
import type { AttachedRotation } from './secretsManager/secretMetadata';
import { SecretRotations } from './secretsManager/secretRotation';
import { Secrets } from './secretsManager/secrets';
import { SecretsManagerModel } from './secretsManager/secretsManager';
import type { VersionLimits } from './secretsManager/secretVersions';
import { SqsModel } from './sqs/sqs';

/** All services of one account, each knowing of the others what it does in AWS. */
export interface Models {
  readonly secretsManager: SecretsManagerModel;
  readonly secretRotations: SecretRotations;
  readonly parameterStore: ParameterStoreModel;
  readonly lambda: LambdaModel;
  readonly cloudWatch: CloudWatchModel;
  readonly logs: CloudWatchLogsModel;
  readonly scheduler: SchedulerModel;
  readonly iam: IamModel;
  readonly kms: KmsModel;
  readonly sqs: SqsModel;
  readonly events: EventBusModel;
  readonly eventSourceMappings: EventSourceMappings;
  /** The function behind `lambda`. */
  readonly localFunction: LocalFunction | undefined;
}

/**
 * A stack attaches the function to each connection's secret, with this interval. A fleet attaches it
 * to none, and its secrets have a tag.
 */
const rotationByFunction =
  (parameterStore: ParameterStoreModel): AttachedRotation =>
  ({ name, tags }, region) => {
    if (!name.startsWith('sfmc/')) return undefined;
    if (tags.has(connectionTag) && parameterStore.has(fleetParameterName)) return undefined;
    return { lambdaArn: functionArn(region), rules: { AutomaticallyAfterDays: 1000 } };
  };

/** `endpoint` is the URL that the function calls AWS at, and that queues have; `now` gives milliseconds since the epoch. */
export function createModels(
  endpoint: string,
  now: () => number,
  authorize: Authorize,
  functionOptions: LocalFunctionOptions | undefined,
  versionLimits?: VersionLimits,
): Models {
  const parameterStore = new ParameterStoreModel(now);
  const attached = functionOptions && rotationByFunction(parameterStore);
  const secretsManager = new SecretsManagerModel(now, new Secrets(now, versionLimits), attached);
  const logGroup = functionOptions && new LogGroup(localLogGroupName, now);
  const sqs = new SqsModel(now, endpoint);
  const localFunction =
    functionOptions &&
    logGroup &&
    new LocalFunction(functionOptions, { endpoint, now, log: logGroup, queueVariables });
  const eventSourceMappings = new EventSourceMappings(sqs, localFunction, now);
  function queueVariables() {
    return eventSourceMappings.variables();
  }
  const namedKeys = () => [...secretsManager.kmsKeyIds(), ...parameterStore.kmsKeyIds()];
  return {
    secretsManager,
    secretRotations: new SecretRotations(secretsManager, localFunction),
    parameterStore,
    lambda: new LambdaModel(localFunction, now()),
    cloudWatch: new CloudWatchModel(now),
    logs: new CloudWatchLogsModel(logGroup),
    scheduler: new SchedulerModel(now),
    iam: new IamModel(authorize, localFunction !== undefined, now()),
    kms: new KmsModel(namedKeys, now()),
    sqs,
    events: new EventBusModel(now),
    eventSourceMappings,
    localFunction,
  };
}
