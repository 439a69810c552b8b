import type { ListedVersion } from '../../lambda/core/facts';
import { type FleetParameter, type ParameterNames, parameterNames } from '../../lambda/core/names';
import type { AwsAccess } from '../awsAccess';
import { isDenied } from '../failures/awsFailure';
import { type ActiveAlarm, readActiveAlarms, readThrottles } from './alarms';
import { readFleet } from './fleet';
import {
  describeFunction,
  type EventSourceMapping,
  type FunctionDescription,
  isQueueArn,
  type Keeper,
  listEventSourceMappings,
  type QueueDepth,
  readQueueDepth,
  readQueueUrl,
  readSchedule,
  readScheduleNamed,
  type ScheduleSummary,
  type StoredSchedule,
} from './keeper';
import { type KeyedVersion, listKeyedVersions } from './keyedVersions';
import { type Key, readClientSecretKeyId, readKey } from './keys';
import { type LastError, logWindowMs, readLastErrors } from './lastErrors';
import {
  type DecryptedParameters,
  decryptParameters,
  type Escrow,
  readConnectionParameters,
  readEscrow,
  type StoredParameters,
} from './parameters';
import { Field, memoize } from './reading';
import {
  describeSecret,
  type RotationConfiguration,
  readFingerprints,
  readToken,
  type SecretDescription,
  type StoredToken,
  secretName,
} from './secret';

/** What connections of a Region have in common. Each thing is read once for all of them. */
export class RegionReader {
  /** Undefined if there is no fleet. */
  readonly fleet: Field<FleetParameter | undefined>;
  /** A function's configuration, by its ARN; undefined if there is no such function. */
  readonly rotator: (functionArn: string) => Field<FunctionDescription | undefined>;
  /** What takes the messages of a queue, by its ARN. */
  readonly eventSources: (queueArn: string) => Field<readonly EventSourceMapping[]>;
  /** By the URL of the queue. */
  readonly queueDepth: (queueUrl: string) => Field<QueueDepth>;
  /** By the ARN of the queue. */
  readonly queueUrl: (queueArn: string) => Field<string>;
  /** All alarms that are in the state ALARM. */
  readonly activeAlarms: Field<readonly ActiveAlarm[]>;
  /** Of the last hour, by the name of the function. */
  readonly throttles: (functionName: string) => Field<number>;
  /** By its ARN, or the name by which a secret or parameter names it. */
  readonly key: (keyId: string) => Field<Key>;

  constructor(readonly access: AwsAccess) {
    const { aws } = access;
    this.fleet = new Field('ssm:GetParameter', () => readFleet(aws));
    this.rotator = memoize(
      (arn) => new Field('lambda:GetFunctionConfiguration', () => describeFunction(access, arn)),
    );
    this.eventSources = memoize(
      (EventSourceArn) =>
        new Field('lambda:ListEventSourceMappings', () =>
          listEventSourceMappings(aws, { EventSourceArn }),
        ),
    );
    this.queueDepth = memoize(
      (url) => new Field('sqs:GetQueueAttributes', () => readQueueDepth(aws, url)),
    );
    this.queueUrl = memoize((arn) => new Field('sqs:GetQueueUrl', () => readQueueUrl(aws, arn)));
    this.activeAlarms = new Field('cloudwatch:DescribeAlarms', () => readActiveAlarms(access));
    this.throttles = memoize(
      (name) => new Field('cloudwatch:GetMetricStatistics', () => readThrottles(access, name)),
    );
    this.key = memoize((keyId) => new Field('kms:DescribeKey', () => readKey(access, keyId)));
  }

  /** A reader that has read nothing yet: what has changed since an earlier one shows in it. */
  connection(name: string, listed: Listed = {}): ConnectionReader {
    return new ConnectionReader(this, name, listed);
  }

  /** In the default group; undefined if there is none. */
  schedule(name: string): Field<StoredSchedule | undefined> {
    return new Field('scheduler:GetSchedule', () => readScheduleNamed(this.access, name));
  }

  /**
   * The newest error of each connection in a function's log.
   *
   * @param connection looks for this one alone
   */
  lastErrors(
    logGroup: string,
    isFleet: boolean,
    connection?: string,
  ): Field<ReadonlyMap<string, LastError>> {
    return new Field('logs:FilterLogEvents', () =>
      readLastErrors(this.access, logGroup, logWindowMs(isFleet), connection),
    );
  }

  /** Where a function logs: Lambda's usual place if its configuration may not be read. */
  async logGroup(functionArn: string): Promise<string> {
    const usual = `/aws/lambda/${functionArn.split(':')[6] ?? ''}`;
    try {
      return (await describeFunction(this.access, functionArn))?.logGroup ?? usual;
    } catch (thrown) {
      if (isDenied(thrown)) return usual;
      throw thrown;
    }
  }
}

/** What listings have of a connection, so that it is not read again. */
export interface Listed {
  readonly rotation?: RotationConfiguration;
  readonly token?: StoredToken;
  /** Undefined in it if there is none. */
  readonly schedule?: { readonly found: ScheduleSummary | undefined };
}

/** What AWS holds of a connection: each thing is read when it is first wanted, and once. */
export class ConnectionReader {
  readonly secretId: string;
  readonly names: ParameterNames;
  /** Nothing of them is decrypted. */
  readonly parameters: Field<StoredParameters>;
  readonly decrypted: Field<DecryptedParameters>;
  readonly escrow: Field<Escrow>;
  /** The key of the client secret; undefined if there is no such parameter. */
  readonly clientSecretKeyId: Field<string | undefined>;
  /** Undefined if there is none. */
  readonly secret: Field<SecretDescription | undefined>;
  /** What the secret holds under AWSCURRENT. */
  readonly token: Field<StoredToken>;
  readonly versions: Field<readonly ListedVersion[]>;
  readonly keyedVersions: Field<readonly KeyedVersion[]>;
  /** Of the refresh tokens in the versions that have a label. */
  readonly fingerprints: Field<ReadonlySet<string>>;
  /** Its own; undefined if there is none. */
  readonly schedule: Field<StoredSchedule | undefined>;
  /** The same as far as a listing has it. */
  readonly scheduleSummary: Field<ScheduleSummary | undefined>;
  /** The function that keeps its token fresh; undefined if there is none. */
  readonly keeper: Field<Keeper | undefined>;

  constructor(
    private readonly region: RegionReader,
    readonly name: string,
    listed: Listed,
  ) {
    const { access } = region;
    this.secretId = secretName(access, name);
    this.names = parameterNames(name, access.settings.parameterPrefix);
    this.parameters = new Field('ssm:GetParameters', () => readConnectionParameters(access, name));
    this.decrypted = new Field('ssm:GetParameters', () => decryptParameters(access, name));
    this.escrow = new Field('ssm:GetParameters', () => readEscrow(access, this.names));
    this.clientSecretKeyId = new Field('ssm:GetParameterHistory', () =>
      readClientSecretKeyId(access, name),
    );
    this.secret = new Field('secretsmanager:DescribeSecret', () => describeSecret(access, name));
    this.token = new Field(
      'secretsmanager:GetSecretValue',
      async () => listed.token ?? readToken(access, name),
    );
    this.versions = new Field('secretsmanager:ListSecretVersionIds', () =>
      access.secretStore.listVersions(this.secretId),
    );
    this.keyedVersions = new Field('secretsmanager:ListSecretVersionIds', () =>
      listKeyedVersions(access, this.secretId),
    );
    this.fingerprints = new Field('secretsmanager:GetSecretValue', async () =>
      readFingerprints(access, name, await this.versions.value()),
    );
    this.schedule = new Field('scheduler:GetSchedule', () => readSchedule(access, name));
    this.scheduleSummary = new Field('scheduler:GetSchedule', async () =>
      listed.schedule ? listed.schedule.found : this.schedule.value(),
    );
    this.keeper = new Field('secretsmanager:DescribeSecret', () =>
      this.#findKeeper(async () => listed.rotation ?? this.secret.value()),
    );
  }

  /** The keeper as far as it can be known if the secret may not be described. */
  async probableKeeper(): Promise<Keeper | undefined> {
    return this.#findKeeper(async () => {
      const secret = await this.secret.reading();
      return secret.known ? secret.value : undefined;
    });
  }

  /**
   * The function that takes the messages of the queue to which the connection's schedule sends. If
   * that is not to be found: the one that the stack has attached to the secret, or else the fleet's.
   *
   * A connection that has moved to the fleet keeps its secret. "CancelRotateSecret" turns rotation
   * off, and the function's ARN may be left. So may that of a fleet which was deployed again since: without
   * a schedule it is the present fleet that keeps the token fresh.
   */
  async #findKeeper(
    rotation: () => Promise<RotationConfiguration | undefined>,
  ): Promise<Keeper | undefined> {
    const schedule = await this.scheduleSummary.reading();
    const target = (schedule.known && schedule.value?.targetArn) || '';
    const isQueue = isQueueArn(target);
    const queue = isQueue ? { queueArn: target } : {};
    const sources = isQueue ? await this.region.eventSources(target).reading() : undefined;
    const [source] = sources?.known ? sources.value : [];
    if (source) return { arn: source.functionArn, isFleet: false, ...queue };
    const described = await rotation();
    const own = described?.functionArn;
    const fleet = isQueue ? undefined : await this.region.fleet.reading();
    const fleetArn = fleet?.known ? fleet.value?.rotatorArn : undefined;
    const isFormer = fleetArn !== undefined && schedule.known && schedule.value === undefined;
    if (own !== undefined && !described?.isRotationOff && (own === fleetArn || !isFormer)) {
      return { arn: own, isFleet: own === fleetArn, ...queue };
    }
    if (fleet) {
      if (fleet.known && fleet.value) return { arn: fleet.value.rotatorArn, isFleet: true };
    }
    return own === undefined ? undefined : { arn: own, isFleet: false, ...queue };
  }
}
