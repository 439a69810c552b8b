import type { AwsFault, FaultKind } from '../../local/aws/faults';
import { dealt } from '../support/dealt';
import { LeakWorld } from './leakWorld';
import { storeCalls } from './storeCalls';

const plain = (kind: Exclude<FaultKind, 'slow'>): AwsFault => ({ kind });

const faults: Readonly<Record<FaultKind, AwsFault>> = {
  throttle: plain('throttle'),
  internal: plain('internal'),
  unavailable: plain('unavailable'),
  deny: plain('deny'),
  denyKms: plain('denyKms'),
  encryptionFailure: plain('encryptionFailure'),
  decryptionFailure: plain('decryptionFailure'),
  limitExceeded: plain('limitExceeded'),
  notVisible: plain('notVisible'),
  dropBefore: plain('dropBefore'),
  dropAfter: plain('dropAfter'),
  hang: plain('hang'),
  slow: { kind: 'slow', delayMs: 1 },
  staleRead: plain('staleRead'),
};

/** What an invocation makes of them, unless it tries the same again and again. */
const mostCalls = 20;

/** Lets each fault of the stores strike calls, in the full run each call, until the invocation's time is over. */
export async function playStoreFaults(): Promise<LeakWorld> {
  const leakWorld = await LeakWorld.start();
  const { aws } = leakWorld.world;
  const missing: string[] = [];
  for (const [hand, call] of storeCalls.entries()) {
    for (const fault of dealt(Object.values(faults), hand, 3)) {
      const { operation } = call;
      const cancel = aws.orderFault({ ...fault, operation, calls: 'untilCancelled' });
      const end = call.prepare(leakWorld);
      const before = aws.calls.length;
      const strikes = () =>
        aws.calls.slice(before).filter((made) => made.operation === operation).length;
      const late = () => strikes() > 1 || aws.calls.length > before + mostCalls;
      await call.run(leakWorld, { late });
      cancel();
      end();
      if (strikes() === 0) missing.push(`${fault.kind} at ${operation}`);
    }
  }
  if (missing.length > 0) throw new Error(`faults that did not strike: ${missing.join(', ')}`);
  return leakWorld;
}
