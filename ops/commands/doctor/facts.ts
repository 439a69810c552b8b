import type { ListedVersion } from '../../../lambda/core/facts';
import { apiBaseUrls, isRestBaseUrl } from '../../../lambda/core/hosts';
import type { HttpAnswer } from '../../../lambda/core/providerAnswer';
import { apiBaseUrlsOf, type TokenSet } from '../../../lambda/core/tokenSet';
import { fetchProvider } from '../../../lambda/effects/provider';
import type { ConnectionReader, RegionReader } from '../../connection/connectionReader';
import { type EarlierKey, readEarlierKeys } from '../../connection/earlierKeys';
import type { FunctionDescription, StoredSchedule } from '../../connection/keeper';
import { defaultSecretKey, type Key } from '../../connection/keys';
import type { LastError } from '../../connection/lastErrors';
import type { StoredParameters } from '../../connection/parameters';
import { readPermissions, type SimulatedPermission } from '../../connection/permissions';
import { known, memoize, type Reading, unread } from '../../connection/reading';
import { type FoundConnection, readConfig } from '../../connection/registry';
import type { SecretDescription, StoredToken } from '../../connection/secret';
import type { Context } from '../../context';
import type { ConnectionFacts } from '../judgement';

/** Undefined stands for what was not looked at, since what it takes is missing. */
export interface DoctorFacts {
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
  readonly earlierKeys: readonly EarlierKey[];
  readonly schedule: Reading<StoredSchedule | undefined>;
  /** Whether the fleet's rotator keeps it. */
  readonly isFleet: boolean;
  /** The function that is to keep it. */
  readonly functionArn: string | undefined;
  /** The queue of its stack. */
  readonly queueArn: string | undefined;
  readonly rotator: Reading<FunctionDescription | undefined> | undefined;
  readonly permissions: Reading<readonly SimulatedPermission[]> | undefined;
  readonly lastError: Reading<LastError | undefined> | undefined;
  readonly authHost: HostAnswer | undefined;
  readonly restHost: HostAnswer | undefined;
  /** What the REST host says to the access token. */
  readonly tokenContext: HttpAnswer | undefined;
}

/** What `status` knows of a connection as well. */
export function connectionFacts(facts: DoctorFacts): ConnectionFacts {
  const { config, lastError = unread('It was not looked for.') } = facts;
  return { ...facts, configProblem: config?.problem, lastError };
}

/** Looks at connections. What they have in common is read once. */
export function doctorFactsReader(context: Context): (name: string) => Promise<DoctorFacts> {
  const { region } = context;
  const hostOf = memoize(reachHost);

  return async (name) => {
    const reader = region.connection(name);
    const stored = await readStores(reader);
    const { parameters, secret, clientSecretKeyId } = stored;
    const text = parameters.known ? parameters.value.config : undefined;
    const config = text === undefined ? undefined : readConfig(context.settings, name, text);
    const authBaseUrl = config?.config?.authBaseUrl;
    const restBaseUrl = restBaseUrlOf(context, authBaseUrl, stored.token);
    const description = secret.known ? secret.value : undefined;
    const keeper = await reader.probableKeeper();
    const isFleet = keeper?.isFleet === true;

    const [secretKey, clientSecretKey, rotator] = await Promise.all([
      secret.known
        ? description && region.key(description.kmsKeyId ?? defaultSecretKey).reading()
        : secret,
      clientSecretKeyId.known
        ? clientSecretKeyId.value && region.key(clientSecretKeyId.value).reading()
        : clientSecretKeyId,
      keeper && region.rotator(keeper.arn).reading(),
    ]);
    const present = isFleet ? await fleetKey(region) : secretKey;
    const earlierKeys = present?.known ? await readEarlierKeys(region, reader, present.value) : [];
    const found = rotator?.known ? rotator.value : undefined;
    const queueArn = isFleet ? await fleetQueueArn(region) : keeper?.queueArn;
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
      found && readLastError(region, found, isFleet, name),
      authBaseUrl === undefined ? undefined : hostOf(authBaseUrl),
      restBaseUrl === undefined ? undefined : hostOf(restBaseUrl),
      restBaseUrl === undefined ? undefined : tryToken(context, restBaseUrl, stored.token),
    ]);
    const nowMs = context.clock.now();
    const asked = { permissions, lastError, authHost, restHost, tokenContext };
    const by = { isFleet, functionArn: keeper?.arn, queueArn: keeper?.queueArn };
    return { name, nowMs, ...stored, config, ...keys, earlierKeys, ...by, rotator, ...asked };
  };
}

async function readStores(reader: ConnectionReader) {
  const [parameters, clientSecretKeyId, secret, token, versions, schedule] = await Promise.all([
    reader.parameters.reading(),
    reader.clientSecretKeyId.reading(),
    reader.secret.reading(),
    reader.token.reading(),
    reader.versions.reading(),
    reader.schedule.reading(),
  ]);
  const fingerprints = versions.known ? await reader.fingerprints.reading() : versions;
  return { parameters, clientSecretKeyId, secret, token, versions, fingerprints, schedule };
}

async function readLastError(
  region: RegionReader,
  { logGroup }: FunctionDescription,
  isFleet: boolean,
  name: string,
): Promise<Reading<LastError | undefined>> {
  const errors = await region.lastErrors(logGroup, isFleet, name).reading();
  return errors.known ? known(errors.value.get(name)) : errors;
}

/** What a fleet writes under; a stack gives its own key to each secret. */
async function fleetKey({ fleet, key }: RegionReader): Promise<Reading<Key> | undefined> {
  const reading = await fleet.reading();
  return reading.known ? key(reading.value?.kmsKeyArn ?? defaultSecretKey).reading() : undefined;
}

/** By its URL, which ends in account and name. */
async function fleetQueueArn({ fleet }: RegionReader): Promise<string | undefined> {
  const reading = await fleet.reading();
  if (!reading.known || reading.value === undefined) return undefined;
  const { queueUrl, rotatorArn } = reading.value;
  const [account, queue] = queueUrl.split('/').slice(-2);
  const [, partition, , region] = rotatorArn.split(':');
  return `arn:${partition}:sqs:${region}:${account}:${queue}`;
}

export type HostAnswer = { readonly url: string } & (
  | { readonly status: number }
  | { readonly problem: string }
);

const timeoutMs = 5_000;
const tokenTimeoutMs = 8_000;

/** Whether a host answers at all. It is sent nothing but a plain request. */
async function reachHost(url: string): Promise<HostAnswer> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { redirect: 'manual', signal });
    await response.body?.cancel();
    return { url, status: response.status };
  } catch (thrown) {
    return { url, problem: problemOf(thrown) };
  }
}

function problemOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'no answer';
  if (thrown.name === 'TimeoutError') return `no answer in ${timeoutMs / 1_000} s`;
  const { code } = (thrown.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'no answer';
}

export const issuedIn = (token: Reading<StoredToken>): TokenSet | undefined =>
  token.known && token.value.kind === 'stored' && token.value.version.tokens.kind === 'issued'
    ? token.value.version.tokens.tokenSet
    : undefined;

/** Where the token is good for; undefined if that is unknown, or no host of the provider's. */
function restBaseUrlOf(
  { settings }: Context,
  authBaseUrl: string | undefined,
  token: Reading<StoredToken>,
): string | undefined {
  const stored = token.known && token.value.kind === 'stored' ? token.value.version : undefined;
  const known = stored && apiBaseUrlsOf(stored.tokens).restBaseUrl;
  const url = known ?? apiBaseUrls(authBaseUrl ?? '').restBaseUrl;
  const allowLoopback = settings.allowLoopbackProvider;
  return url !== undefined && isRestBaseUrl(url, { allowLoopback }) ? url : undefined;
}

/** Undefined if there is no token that could be accepted. */
async function tryToken(
  { clock }: Context,
  restBaseUrl: string,
  token: Reading<StoredToken>,
): Promise<HttpAnswer | undefined> {
  const tokenSet = issuedIn(token);
  if (tokenSet === undefined || tokenSet.expiresAtMs <= clock.now()) return undefined;
  return fetchProvider.tokenContext(restBaseUrl, tokenSet.accessToken, tokenTimeoutMs);
}
