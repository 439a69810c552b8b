import { StoreFailure, storeFailure } from '../lambda/effects/storeFailure';

/** What to do where AWS refuses the time of a request's signature. */
export const setTheClock = 'Set the clock of this machine, best by NTP.';

export const clockIsWrong =
  "the clock of this machine, or the endpoint's, is off by more than the 5 minutes that AWS allows";

/** Whether AWS has refused the time of a signature, which the SDK could not correct by itself. */
export function isClockFailure(thrown: unknown): boolean {
  if (thrown instanceof StoreFailure) return thrown.kind === 'clock';
  return storeFailure('Parameter Store', 'the call', 'AWS', thrown).kind === 'clock';
}
