import { minuteMs } from '../support/simulatedClock';
import type { LeakWorld } from './leakWorld';

/** A call of a store, and what leads the next invocation to it. */
export interface StoreCall {
  readonly operation: string;
  /** Returns what ends all that it has ordered. */
  prepare(leakWorld: LeakWorld): () => void;
}

const nothing = () => {};

/** Every call that a rotation makes to the stores. */
export const storeCalls: readonly StoreCall[] = [
  { operation: 'GetSecretValue', prepare: due },
  { operation: 'GetParameters', prepare: due },
  { operation: 'PutSecretValue', prepare: due },
  { operation: 'PutParameter', prepare: refusingWrites },
  { operation: 'DeleteParameter', prepare: parked },
  { operation: 'ListSecretVersionIds', prepare: revoked },
  { operation: 'UpdateSecretVersionStage', prepare: stranded },
];

function due(leakWorld: LeakWorld): () => void {
  leakWorld.connect();
  return nothing;
}

function refusingWrites(leakWorld: LeakWorld): () => void {
  leakWorld.connect();
  return leakWorld.world.aws.orderFault({
    operation: 'PutSecretValue',
    kind: 'unavailable',
    calls: 'untilCancelled',
  });
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
