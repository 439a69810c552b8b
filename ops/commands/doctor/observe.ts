import type { ListedVersion } from '../../../lambda/core/facts';
import type { HttpAnswer } from '../../../lambda/core/providerAnswer';
import { memoize } from '../../connection/concurrency';
import { defaultSecretKey, type Key, readClientSecretKeyId, readKey } from '../../connection/keys';
import { type LastError, readLastErrors } from '../../connection/lastErrors';
import { readParameters, type StoredParameters } from '../../connection/parameters';
import { readPermissions, type SimulatedPermission } from '../../connection/permissions';
import { attempt, type Reading } from '../../connection/reading';
import { type FoundConnection, readConfig } from '../../connection/registry';
import {
  describeFunction,
  functionOf,
  logWindowMs,
  type RotatorFunction,
} from '../../connection/rotatorFunction';
import { readSchedule, type StoredSchedule } from '../../connection/schedule';
import {
  describeSecret,
  readToken,
  type SecretDescription,
  type StoredToken,
  secretName,
} from '../../connection/secret';
import type { Context } from '../../context';
import { type HostAnswer, reachHost, restBaseUrlOf, tryToken } from './hosts';
import { readFingerprints } from './twins';

/** Undefined stands for what was not looked at, since what it takes is missing. */
export interface Observed {
  readonly name: string;
  readonly nowMs: number;
  readonly parameters: Reading<StoredParameters>;
  /** The config's text understood, or what is wrong with it. */
  readonly config: Pick<FoundConnection, 'config' | 'problem'> | undefined;
  readonly secret: Reading<SecretDescription | undefined>;
  readonly token: Reading<StoredToken>;
  readonly versions: Reading<readonly ListedVersion[]>;
  /** Of the refresh tokens in the versions that have a label. */
  readonly fingerprints: Reading<ReadonlySet<string>>;
  readonly secretKey: Reading<Key> | undefined;
  readonly clientSecretKey: Reading<Key> | undefined;
  readonly schedule: Reading<StoredSchedule | undefined>;
  /** Whether the fleet's rotator keeps it. */
  readonly isFleet: boolean;
  /** The function that is to keep it. */
  readonly functionArn: string | undefined;
  /** The queue of its stack. */
  readonly queueArn: string | undefined;
  readonly rotator: Reading<RotatorFunction | undefined> | undefined;
  readonly permissions: Reading<readonly SimulatedPermission[]> | undefined;
  readonly lastError: Reading<LastError | undefined> | undefined;
  readonly authHost: HostAnswer | undefined;
  readonly restHost: HostAnswer | undefined;
  /** What the REST host says to the access token. */
  readonly tokenContext: HttpAnswer | undefined;
}

/** Looks at connections. What they have in common is asked for once. */
export function connectionObserver(context: Context): (name: string) => Promise<Observed> {
  const rotatorOf = memoize((arn) =>
    attempt('lambda:GetFunctionConfiguration', () => describeFunction(context, arn)),
  );
  const keyOf = memoize((keyId) => attempt('kms:DescribeKey', () => readKey(context, keyId)));
  const hostOf = memoize(reachHost);

  return async (name) => {
    const stored = await readStores(context, name);
    const { parameters, secret, clientSecretKeyId } = stored;
    const text = parameters.known ? parameters.value.config : undefined;
    const config = text === undefined ? undefined : readConfig(context.settings, name, text);
    const authBaseUrl = config?.config?.authBaseUrl;
    const restBaseUrl = restBaseUrlOf(context, authBaseUrl, stored.token);
    const description = secret.known ? secret.value : undefined;
    const schedule = stored.schedule.known ? stored.schedule.value : undefined;
    const keeper = await functionOf(context, schedule, async () => description);
    const isFleet = keeper?.isFleet === true;

    const [secretKey, clientSecretKey, rotator] = await Promise.all([
      secret.known ? description && keyOf(description.kmsKeyId ?? defaultSecretKey) : secret,
      clientSecretKeyId.known
        ? clientSecretKeyId.value && keyOf(clientSecretKeyId.value)
        : clientSecretKeyId,
      keeper && rotatorOf(keeper.arn),
    ]);
    const found = rotator?.known ? rotator.value : undefined;
    const queueArn = isFleet ? await fleetQueueArn(context) : keeper?.queueArn;
    const keys = { secretKey, clientSecretKey: clientSecretKey || undefined };
    const [permissions, lastError, authHost, restHost, tokenContext] = await Promise.all([
      found &&
        description &&
        readPermissions(context, name, {
          rotator: found,
          secretArn: description.arn,
          keys,
          queueArn,
        }),
      found && attempt('logs:FilterLogEvents', () => readLastError(context, found, isFleet, name)),
      authBaseUrl === undefined ? undefined : hostOf(authBaseUrl),
      restBaseUrl === undefined ? undefined : hostOf(restBaseUrl),
      restBaseUrl === undefined ? undefined : tryToken(context, restBaseUrl, stored.token),
    ]);
    const nowMs = context.clock.now();
    const asked = { permissions, lastError, authHost, restHost, tokenContext };
    const by = { isFleet, functionArn: keeper?.arn, queueArn: keeper?.queueArn };
    return { name, nowMs, ...stored, config, ...keys, ...by, rotator, ...asked };
  };
}

async function readStores(context: Context, name: string) {
  const { secretStore } = context;
  const [parameters, clientSecretKeyId, secret, token, versions, schedule] = await Promise.all([
    attempt('ssm:GetParameters', () => readParameters(context, name)),
    attempt('ssm:GetParameterHistory', () => readClientSecretKeyId(context, name)),
    attempt('secretsmanager:DescribeSecret', () => describeSecret(context, name)),
    attempt('secretsmanager:GetSecretValue', () => readToken(context, name)),
    attempt('secretsmanager:ListSecretVersionIds', () =>
      secretStore.listVersions(secretName(context, name)),
    ),
    attempt('scheduler:GetSchedule', () => readSchedule(context, name)),
  ]);
  const fingerprints = versions.known
    ? await attempt('secretsmanager:GetSecretValue', () =>
        readFingerprints(context, name, versions.value),
      )
    : versions;
  return { parameters, clientSecretKeyId, secret, token, versions, fingerprints, schedule };
}

async function readLastError(
  context: Context,
  { logGroup }: RotatorFunction,
  isFleet: boolean,
  name: string,
) {
  return (await readLastErrors(context, logGroup, logWindowMs(isFleet), name)).get(name);
}

/** By its URL, which ends in account and name. */
async function fleetQueueArn({ fleet }: Context): Promise<string | undefined> {
  const reading = await fleet();
  if (!reading.known || reading.value === undefined) return undefined;
  const { queueUrl, rotatorArn } = reading.value;
  const [account, queue] = queueUrl.split('/').slice(-2);
  const [, partition, , region] = rotatorArn.split(':');
  return `arn:${partition}:sqs:${region}:${account}:${queue}`;
}
