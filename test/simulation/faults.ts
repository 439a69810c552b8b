/** The effects of a rotation, as the simulator sees them. */
export const calls = [
  'provider.requestToken',
  'provider.tokenContext',
  'secrets.readCurrent',
  'secrets.readVersion',
  'secrets.listVersions',
  'secrets.put',
  'secrets.moveStage',
  'parameters.read',
  'parameters.write',
  'parameters.remove',
] as const;
export type Call = (typeof calls)[number];

/** What can go wrong at one effect. */
export type Fault =
  /** The process dies before, or after, the effect took place. */
  | 'crashBefore'
  | 'crashAfter'
  /** Nothing arrived at the other side. */
  | 'refusedConnection'
  /** Carried out; the answer never came, or not in time. */
  | 'lostResponse'
  | 'slow'
  | 'rateLimited'
  | 'internalError'
  | 'internalErrorAfterUse'
  | 'htmlUnavailable'
  | 'html200'
  | 'empty200'
  | 'noRefreshToken'
  | 'absurdExpiry'
  | 'throttled'
  | 'denied'
  | 'staleRead'
  /** From now on, for minutes. */
  | 'storeOutage'
  | 'kmsOutage'
  | 'versionLimit'
  | 'providerOutage'
  /** The container's clock jumps. */
  | 'clockAhead'
  | 'clockBehind';

const crashes: Fault[] = ['crashBefore', 'crashAfter'];
const skews: Fault[] = ['clockAhead', 'clockBehind'];
const read: Fault[] = [...crashes, 'throttled', 'denied', 'slow', 'storeOutage', 'kmsOutage'];
const write: Fault[] = [...read, 'lostResponse'];

const applicable: Record<Call, readonly Fault[]> = {
  'provider.requestToken': [
    ...crashes,
    'refusedConnection',
    'lostResponse',
    'slow',
    'rateLimited',
    'internalError',
    'internalErrorAfterUse',
    'htmlUnavailable',
    'html200',
    'empty200',
    'noRefreshToken',
    'absurdExpiry',
    'providerOutage',
  ],
  'provider.tokenContext': [...crashes, 'refusedConnection', 'internalError', 'rateLimited'],
  'secrets.readCurrent': [...read, ...skews, 'staleRead'],
  'secrets.readVersion': read,
  'secrets.listVersions': read,
  'secrets.put': [...write, 'versionLimit'],
  'secrets.moveStage': write,
  'parameters.read': read,
  'parameters.write': write,
  'parameters.remove': write,
};

/** The faults that make sense at an effect. */
export const faultsOf = (call: Call): readonly Fault[] => applicable[call];

/**
 * Faults that the rotation cannot tell from another one here, and so stand in no pair: an answer
 * that is lost, unreadable or an error after the token was consumed is "unclear" in any case, and
 * a crash after a read is a crash before the next effect.
 */
const alike: readonly Fault[] = [
  'internalError',
  'internalErrorAfterUse',
  'htmlUnavailable',
  'html200',
  'empty200',
];

/** The faults of an effect that pairs are made of. */
export const distinctFaultsOf = (call: Call): readonly Fault[] => {
  const isRead = /read|list/.test(call);
  return applicable[call].filter(
    (fault) => !alike.includes(fault) && !(isRead && fault === 'crashAfter'),
  );
};

/**
 * How long the troubles last that last. Lambda asks again 1 minute after a failure and 2 minutes
 * after the next: a part that is out is asked until each invocation's time is over, the last time
 * more than 4 minutes after the refresh token's first use. A denied read ends an invocation at
 * once, so that the last one begins after 3 minutes.
 */
export const outageMs: Partial<Record<Fault, number>> = {
  providerOutage: 180_000,
  storeOutage: 180_000,
  kmsOutage: 110_000,
  versionLimit: 240_000,
};
export const clockSkewMs = 2 * 60_000;
