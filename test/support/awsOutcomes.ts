import type { StoreFailure } from '../../lambda/effects/storeFailure';
import type { AwsLocal } from '../../local/aws/server';
import { setEnvironment } from './environment';
import { rotatorEnvironment } from './rotatorEnvironment';

export const refusingFaults = [
  'deny',
  'throttle',
  'internal',
  'unavailable',
  'limitExceeded',
] as const;
export type RefusingFault = (typeof refusingFaults)[number];

/**
 * What calls come to at a server of their own, by their names: the value, or all that the failure
 * says, and how many attempts it took. Two ways of calling AWS are the same if this is.
 *
 * @param fault what the server answers to each of them
 */
export async function awsOutcomesOf<Services>(
  prepare: () => Promise<AwsLocal>,
  connect: () => Services,
  calls: Readonly<Record<string, (services: Services) => Promise<unknown>>>,
  fault: RefusingFault | undefined,
): Promise<Record<string, object>> {
  const aws = await prepare();
  setEnvironment(rotatorEnvironment(aws.url));
  const services = connect();
  const outcomes: Record<string, object> = {};
  for (const [name, call] of Object.entries(calls)) {
    // As often as the call may be tried: what is left of it strikes no other call.
    const cancel = fault ? aws.orderFault({ kind: fault, calls: 'untilCancelled' }) : undefined;
    const callsBefore = aws.calls.length;
    const outcome = await outcomeOf(call(services));
    outcomes[name] = { ...outcome, attempts: aws.calls.length - callsBefore };
    cancel?.();
  }
  return outcomes;
}

function outcomeOf(call: Promise<unknown>): Promise<object> {
  return call.then(
    (value) => ({ value }),
    ({ name, message, kind }: StoreFailure) => ({ name, message, kind }),
  );
}
