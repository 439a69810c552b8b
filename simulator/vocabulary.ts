/** What a rotation does to the world, and its own beginning, as the simulator numbers them. */
export const calls = [
  'platform.start',
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
  'queue.send',
  'events.put',
] as const;
export type Call = (typeof calls)[number];

/** Both are needed to store a token set; the promise asks for one of them. */
export type Store = 'secrets' | 'parameters';

/** When the provider takes a request up, which uses its refresh token. */
export type TakenUp =
  | 'now'
  /** Once the next request with the same refresh token was. */
  | 'afterNext'
  /** After a time. */
  | 'later'
  /** As the refresh token's five minutes are about to end. */
  | 'atWindowEnd'
  /** After others that were sent later, and answered to the one who waits for it. */
  | 'overtaken'
  | 'never';

/** What a request is answered. */
export type Answer =
  /** What the provider granted, in a form that is odd and legible, or without a member. */
  | 'valid'
  | 'byteOrderMark'
  | 'expiresInText'
  | 'noExpiresIn'
  | 'expiresIn1'
  | 'expiresIn1200'
  | 'noRefreshToken'
  | 'noAccessToken'
  /** The grant, later than an attempt lasts at first. */
  | 'slow'
  /** What is no answer of the provider's, whatever it may have done. */
  | 'html200'
  | 'empty200'
  | 'html302'
  | 'html400'
  | 'html401'
  | 'html403'
  | 'html404'
  | 'html407'
  | 'html451'
  | 'html503'
  /** The provider's own words. */
  | 'own401'
  | 'own429for5'
  | 'own429for60'
  | 'own429fraction'
  | 'own429date'
  | 'own500'
  | 'own503'
  /** The connection ends; nothing comes; it never left. */
  | 'cut'
  | 'silent'
  | 'notSent';

export interface RequestFault {
  readonly kind: 'request';
  readonly name: string;
  readonly takenUp: TakenUp;
  /** How much later, if it is taken up `later`. */
  readonly laterMs: number;
  readonly answer: Answer;
  /** How much later than usual it is answered, if `slow`. */
  readonly slowMs: number;
  /** For how long every request meets it; 0 for this one alone. */
  readonly lastsMs: number;
}

/** How a store fails, by what its SDK client throws. */
export type StoreError =
  | 'InternalServiceError'
  | 'AccessDeniedException'
  /** A secret with its fill of versions. */
  | 'LimitExceededException'
  /** A secret that is marked for deletion. */
  | 'InvalidRequestException';

export interface OutageFault {
  readonly kind: 'outage';
  readonly name: string;
  readonly error: StoreError;
  readonly scope: 'reads' | 'writes' | 'both';
  readonly lastsMs: number;
}

export interface StoreFault {
  readonly kind: 'store';
  readonly name: string;
  readonly what:
    | 'throttled'
    | 'denied'
    /** Carried out, or read, later than an attempt lasts. */
    | 'slow'
    /** Not carried out, which shows only once an attempt's time is over. */
    | 'hangs'
    /** Carried out; the answer is lost. */
    | 'lostResponse'
    /** Read as it was before the last change. */
    | 'stale'
    /** What was written last cannot be read yet. */
    | 'notVisible'
    /** Another writer comes first, with what stands there already. */
    | 'otherWriter';
}

export interface ProcessFault {
  readonly kind: 'process';
  readonly name: string;
  /** The environment is lost with its memory, or stands still for a while. */
  readonly what: 'dies' | 'freezes';
  readonly when: 'before' | 'after';
  readonly freezesMs: number;
}

export interface PlatformFault {
  readonly kind: 'platform';
  readonly name: string;
  readonly what: /** The environment that would have served is gone; another takes its place. */
    | 'replaced'
    /** From now on two environments serve in turn. */
    | 'second'
    /** The message is not deleted in the end, and comes again. */
    | 'twice'
    /** The message comes later. */
    | 'late';
  /** How wrong the other environment's clock is. */
  readonly skewMs: number;
}

export type Fault = RequestFault | OutageFault | StoreFault | ProcessFault | PlatformFault;

export function storeOf(call: Call): Store | undefined {
  if (call.startsWith('secrets.')) return 'secrets';
  return call.startsWith('parameters.') ? 'parameters' : undefined;
}
