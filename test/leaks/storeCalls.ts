import { minuteMs } from '../support/simulatedClock';
import type { InvocationOptions, LeakWorld } from './leakWorld';

/** A call of AWS, and what leads to it. */
export interface StoreCall {
  readonly operation: string;
  /** Returns what ends all that it has ordered. */
  prepare(leakWorld: LeakWorld): () => void;
  /** By a message's first delivery, or by hand. */
  run(leakWorld: LeakWorld, invocation: InvocationOptions): Promise<void>;
}

const nothing = () => {};
const byQueue: StoreCall['run'] = (leakWorld, invocation) => leakWorld.deliver(invocation);
const byHand: StoreCall['run'] = (leakWorld, invocation) => leakWorld.invoke(undefined, invocation);

/** Every call that a rotation makes. */
export const storeCalls: readonly StoreCall[] = [
  { operation: 'GetSecretValue', prepare: due, run: byQueue },
  { operation: 'GetParameters', prepare: due, run: byQueue },
  { operation: 'PutSecretValue', prepare: due, run: byQueue },
  { operation: 'PutEvents', prepare: due, run: byQueue },
  { operation: 'PutParameter', prepare: refusingWrites, run: byQueue },
  { operation: 'PutParameter', prepare: rivals, run: byQueue },
  { operation: 'DeleteParameter', prepare: parked, run: byQueue },
  { operation: 'SendMessage', prepare: due, run: byHand },
  { operation: 'UpdateSecretVersionStage', prepare: due, run: byHand },
  { operation: 'ListSecretVersionIds', prepare: revoked, run: byQueue },
  { operation: 'GetSecretValue', prepare: stranded, run: byHand },
];

function due(leakWorld: LeakWorld): () => void {
  leakWorld.connect();
  return nothing;
}

function refusingWrites(leakWorld: LeakWorld): () => void {
  leakWorld.connect();
  return refuseWrites(leakWorld);
}

function refuseWrites({ world }: LeakWorld): () => void {
  return world.aws.orderFault({
    operation: 'PutSecretValue',
    kind: 'unavailable',
    calls: 'untilCancelled',
  });
}

/** Two successors of one token wait in the escrow, which takes a third. */
function rivals(leakWorld: LeakWorld): () => void {
  const stored = leakWorld.connect();
  const waiting = [leakWorld.tokenSet(), leakWorld.tokenSet()].map((text) => JSON.parse(text));
  stored.putParameter('escrow', JSON.stringify(waiting.map((set) => ({ ...set, open: true }))));
  return refuseWrites(leakWorld);
}

function parked(leakWorld: LeakWorld): () => void {
  const stored = leakWorld.connect();
  const { refreshToken = '' } = stored.current();
  stored.putParameter('escrow', leakWorld.world.refreshed(refreshToken, minuteMs));
  return nothing;
}

function revoked(leakWorld: LeakWorld): () => void {
  const stored = leakWorld.connect();
  leakWorld.world.provider.model.revokeChain(stored.current().refreshToken ?? '');
  return nothing;
}

/** AWSCURRENT is refused, and its successor waits under AWSPENDING. */
function stranded(leakWorld: LeakWorld): () => void {
  const stored = leakWorld.connect();
  leakWorld.world.provider.model.revokeChain(stored.current().refreshToken ?? '');
  stored.put(leakWorld.tokenSet(), ['AWSPENDING']);
  return nothing;
}
