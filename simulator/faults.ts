import type {
  Answer,
  Call,
  Fault,
  OutageFault,
  PlatformFault,
  ProcessFault,
  RequestFault,
  StoreError,
  StoreFault,
  TakenUp,
} from './vocabulary';

const clockSkewMs = 4 * 60_000;
export const lateMs = 55_000;
export const overtakenMs = 1_000;
/** Longer than a first attempt, which is given 8 s. */
const slowMs = 8_500;

/** Answers that are derived from what the provider granted, the valid one apart. */
export const grantedAnswers: readonly Answer[] = [
  'byteOrderMark',
  'expiresInText',
  'noExpiresIn',
  'expiresIn1',
  'expiresIn1200',
  'noRefreshToken',
  'noAccessToken',
  'slow',
];
/** From these nobody learns whether the request was taken up. */
const unclear: readonly Answer[] = [
  'html200',
  'empty200',
  'html302',
  'html400',
  'html401',
  'html403',
  'html404',
  'html451',
  'html503',
  'own500',
  'cut',
  'silent',
];
/** These take nothing up. */
const refusing: readonly Answer[] = [
  'own401',
  'own429for5',
  'own429for60',
  'own429fraction',
  'own429date',
  'own503',
  'html407',
  'notSent',
];
const late: readonly TakenUp[] = ['afterNext', 'later', 'atWindowEnd'];

/** Answers of a provider that can be reached, and so may last for as long as they like. */
const isReaching: ReadonlySet<Answer> = new Set([
  'valid',
  'byteOrderMark',
  'expiresInText',
  'noExpiresIn',
  'expiresIn1200',
  'slow',
]);
export const reaches = ({ answer }: RequestFault): boolean => isReaching.has(answer);

/** Longer than the reuse window and a tick. */
const longMs = 8 * 60_000;
/** All but the four minutes of the promise. Seeds play shorter times as well. */
const limitedMs = 239_000;
/** Between two deliveries of a message. */
const laterMs = 100_000;

function requestFault(takenUp: TakenUp, answer: Answer, lastsMs: number): RequestFault {
  const name = `${takenUp}, ${answer}`;
  return { kind: 'request', name, takenUp, laterMs, answer, slowMs, lastsMs };
}

const exchanges: readonly (readonly [TakenUp, Answer])[] = [
  ...grantedAnswers.map((answer) => ['now', answer] as const),
  ...unclear.map((answer) => ['now', answer] as const),
  ...late.flatMap((takenUp) => unclear.map((answer) => [takenUp, answer] as const)),
  ...[...unclear, ...refusing].map((answer) => ['never', answer] as const),
];

/** Every way in which a request can be taken up and answered, once and for a while. */
const requestFaults: readonly RequestFault[] = [
  requestFault('overtaken', 'valid', 0),
  ...exchanges.flatMap(([takenUp, answer]) =>
    [0, isReaching.has(answer) ? longMs : limitedMs].map((lastsMs) =>
      named(requestFault(takenUp, answer, lastsMs)),
    ),
  ),
];

/** With how long it lasts in its name. */
export function named<T extends RequestFault | OutageFault>(fault: T): T {
  if (fault.lastsMs === 0) return fault;
  const [name] = fault.name.split(', for ');
  return { ...fault, name: `${name}, for ${Math.round(fault.lastsMs / 1_000)} s` };
}

/** A request that changes nothing is taken up or not all the same. */
const contextFaults = requestFaults.filter(
  ({ takenUp, answer }) => takenUp === 'never' && answer !== 'notSent',
);

function outage(error: StoreError, scope: OutageFault['scope'], lastsMs: number): OutageFault {
  return named({ kind: 'outage', name: `${error}, ${scope}`, error, scope, lastsMs });
}

/** One store may stay away for as long as it likes; the premise of the promise ends the other's. */
const outages: readonly OutageFault[] = (['reads', 'writes', 'both'] as const).flatMap((scope) => [
  outage('InternalServiceError', scope, longMs),
  outage('AccessDeniedException', scope, longMs),
]);
const secretOutages = [
  outage('LimitExceededException', 'writes', longMs),
  outage('InvalidRequestException', 'both', longMs),
];

const store = (what: StoreFault['what']): StoreFault => ({ kind: 'store', name: what, what });
const failing = [store('throttled'), store('denied'), store('slow')];
const writing = [...failing, store('hangs'), store('lostResponse')];

const processFaults: readonly ProcessFault[] = [
  { kind: 'process', name: 'dies before', what: 'dies', when: 'before', freezesMs: 0 },
  { kind: 'process', name: 'dies after', what: 'dies', when: 'after', freezesMs: 0 },
  { kind: 'process', name: 'freezes for 10 s', what: 'freezes', when: 'after', freezesMs: 10_000 },
  { kind: 'process', name: 'freezes for 30 s', what: 'freezes', when: 'after', freezesMs: 30_000 },
];

const platform = (what: PlatformFault['what'], name: string, skewMs = 0): PlatformFault => ({
  kind: 'platform',
  name,
  what,
  skewMs,
});
const platformFaults: readonly PlatformFault[] = [
  platform('twice', 'delivered twice'),
  platform('late', 'delivered late'),
  platform('replaced', 'environment replaced'),
  platform('replaced', 'environment replaced, 4 min ahead', clockSkewMs),
  platform('replaced', 'environment replaced, 4 min behind', -clockSkewMs),
  platform('second', 'two environments in turn'),
  platform('second', 'two environments in turn, one 4 min ahead', clockSkewMs),
  platform('second', 'two environments in turn, one 4 min behind', -clockSkewMs),
];

const secretReads = [...processFaults, ...failing, ...outages, ...secretOutages];
const secretWrites = [...processFaults, ...writing, ...outages, ...secretOutages];
const parameterReads = [...processFaults, ...failing, ...outages];
const parameterWrites = [...processFaults, ...writing, ...outages];

const grammar: Readonly<Record<Call, readonly Fault[]>> = {
  'platform.start': platformFaults,
  'provider.requestToken': [...processFaults, ...requestFaults],
  'provider.tokenContext': [...processFaults, ...contextFaults],
  'secrets.readCurrent': [...secretReads, store('stale')],
  'secrets.readVersion': [...secretReads, store('notVisible')],
  'secrets.listVersions': [...secretReads, store('stale')],
  'secrets.put': secretWrites,
  'secrets.moveStage': secretWrites,
  'parameters.read': [...parameterReads, store('stale')],
  'parameters.write': [...parameterWrites, store('otherWriter')],
  'parameters.remove': parameterWrites,
  'queue.send': [...processFaults, ...writing],
  'events.put': [...processFaults, ...writing],
};

/** All that can go wrong at an effect. */
export const faultsOf = (call: Call): readonly Fault[] => grammar[call];

export function faultNamed(call: Call, name: string): Fault {
  const found = grammar[call].find((fault) => fault.name === name);
  if (found === undefined) throw new Error(`${call} knows no fault "${name}"`);
  return found;
}
