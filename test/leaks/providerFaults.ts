import { type Exchange, FaultSchema, type ProviderFault } from '../../local/provider/faults';
import { dealt } from '../support/dealt';
import { exchangesWith, otherAnswersWith } from './exchanges';
import { LeakWorld } from './leakWorld';

const elsewhere = (canary: string) => `http://127.0.0.1:1/?refreshToken=${canary}`;

/** Each of them at least once; `canary` stands in the place of what the provider says. */
const faultsWith = (canary: string): readonly ProviderFault[] => [
  { kind: 'refuse' },
  { kind: 'dropBefore' },
  { kind: 'dropAfter' },
  { kind: 'rateLimit', retryAfterSeconds: 0 },
  { kind: 'internal', consumed: true },
  { kind: 'internal', consumed: false },
  { kind: 'unavailable', consumed: true, retryAfterSeconds: 0 },
  { kind: 'unavailable', consumed: false },
  { kind: 'status596', consumed: true },
  ...[400, 401, 403, 404, 408, 415, 422].map(
    (status): ProviderFault => ({ kind: 'status', status }),
  ),
  { kind: 'redirect', location: elsewhere(canary) },
  { kind: 'empty200' },
  { kind: 'html200' },
  { kind: 'invalidJson200' },
  { kind: 'oversized' },
  { kind: 'noRefreshToken' },
  { kind: 'badExpiresIn', value: canary },
  { kind: 'badExpiresIn', value: -1 },
  { kind: 'wrongTypes', member: 'accessToken' },
  { kind: 'wrongTypes', member: 'legacyToken' },
  { kind: 'wrongTypes', member: 'refreshToken' },
  { kind: 'slow', delayMs: 60_000 },
  ...exchangesWith(canary),
];

/** How a fault is met. */
type Play = (leakWorld: LeakWorld, fault: ProviderFault) => Promise<void>;

/** It strikes one answer to a message's first delivery. */
const onceByQueue: Play = async (leakWorld, fault) => {
  leakWorld.connect();
  leakWorld.world.provider.orderFault(fault);
  await leakWorld.deliver();
};

/** It strikes all answers to a direct invocation; what is left half done, the next message ends. */
const alwaysByHand: Play = async (leakWorld, fault) => {
  const { provider } = leakWorld.world;
  leakWorld.connect();
  const before = provider.requests.length;
  const cancel = provider.orderFault(fault, 100);
  await leakWorld.invoke(undefined, { late: () => provider.requests.length > before + 1 });
  cancel();
  await leakWorld.deliver({ receiveCount: 2 });
};

/** Lets each fault of the provider strike, in the full run in both ways. */
export async function playProviderFaults(): Promise<LeakWorld> {
  const leakWorld = await LeakWorld.start();
  const faults = faultsWith(leakWorld.canary());
  for (const [hand, fault] of faults.entries()) {
    for (const play of dealt([onceByQueue, alwaysByHand], hand, 2)) await play(leakWorld, fault);
  }
  for (const answer of otherAnswersWith(leakWorld.canary())) await playOther(leakWorld, answer);
  const kinds = FaultSchema.options.map(({ entries }) => entries.kind.literal);
  const missing = kinds.filter((kind) => !faults.some((fault) => fault.kind === kind));
  if (missing.length > 0) throw new Error(`faults that were not ordered: ${missing}`);
  return leakWorld;
}

/** Of the interfaces that are asked where the others are, and whether a token works. */
async function playOther(leakWorld: LeakWorld, answer: Exchange['answer']): Promise<void> {
  const { provider } = leakWorld.world;
  const order = (of: Exchange['of']) =>
    provider.orderFault({ kind: 'exchange', of, takenUp: 'now', answer });
  const stored = leakWorld.connect();
  const { soapBaseUrl: _, ...current } = stored.current();
  stored.put(current);
  const cancel = order('endpoints');
  await leakWorld.deliver();
  cancel();

  const pendingId = stored.put(leakWorld.tokenSet(), ['AWSPENDING']);
  const end = order('tokenContext');
  await leakWorld.step('testSecret', pendingId);
  end();
}
