import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { minuteMs } from '../support/simulatedClock';
import { LeakWorld } from './leakWorld';

/** Takes the function along its ways through recovery and Secrets Manager's own rotation. */
export async function playPaths(): Promise<LeakWorld> {
  const leakWorld = await LeakWorld.start();
  await playRecovery(leakWorld);
  await playCredentials(leakWorld);
  await playSteps(leakWorld);
  await playOpenEnds(leakWorld);
  return leakWorld;
}

async function playRecovery(leakWorld: LeakWorld): Promise<void> {
  const { world } = leakWorld;
  const { model } = world.provider;
  const revoke = ({ refreshToken = '' }: { refreshToken?: string }) =>
    model.revokeChain(refreshToken);

  const seeded = leakWorld.connect();
  const secret = { SecretId: `sfmc/${leakWorld.connection}`, ForceDeleteWithoutRecovery: true };
  world.aws.secretsManager.deleteSecret(secret);
  seeded.put('{}');
  await leakWorld.invoke();
  await leakWorld.invoke({ connection: leakWorld.connection, force: true });
  seeded.put({ refreshToken: model.startChain('user', world.now()) });
  await leakWorld.invoke();
  await leakWorld.invoke();

  const broken = leakWorld.connect();
  revoke(broken.current());
  await leakWorld.invoke();
  await leakWorld.invoke();
  broken.put({ refreshToken: model.startChain('user', world.now()) });
  await leakWorld.invoke();

  revoke(leakWorld.connect({ onBrokenChain: 'reissue' }).current());
  const sentAtMs = world.now();
  for (const receiveCount of [1, 2, 3]) {
    await leakWorld.deliver({ receiveCount, sentAtMs });
    world.advance(minuteMs);
  }

  const replaced = leakWorld.connect();
  await leakWorld.invoke();
  replaced.put({ refreshToken: leakWorld.canary() });
  await leakWorld.invoke();

  leakWorld.connect();
  await leakWorld.invoke(undefined, { timeoutMs: 3_000 });
}

async function playCredentials(leakWorld: LeakWorld): Promise<void> {
  const { clientSecret } = leakWorld.world.provider;
  const expired = leakWorld.connect();
  expired.putParameter('client-secret', leakWorld.canary());
  await leakWorld.invoke();
  expired.putParameter('client-secret-next', leakWorld.canary());
  await leakWorld.invoke();
  expired.putParameter('client-secret-next', `${clientSecret}\n`);
  await leakWorld.invoke();
}

async function playOpenEnds(leakWorld: LeakWorld): Promise<void> {
  const { world } = leakWorld;
  const { provider } = world;

  // A direct invocation dies before the answer, and its message goes on.
  leakWorld.connect();
  const before = provider.requests.length;
  const cancel = provider.orderFault({ kind: 'exchange', takenUp: 'now', answer: 'none' });
  const invocation = leakWorld.invoke();
  while (provider.requests.length === before) await sleep(1);
  await world.lambda.kill();
  await invocation;
  cancel();
  await leakWorld.deliver({ isFollowUp: true, force: true });
  world.advance(minuteMs);
  await leakWorld.deliver({ isFollowUp: true, force: true, receiveCount: 2 });

  // What came after a lost answer is refused: another one has taken the first request up late.
  const stored = leakWorld.connect();
  const { refreshToken = '' } = stored.current();
  provider.orderFault({ kind: 'exchange', takenUp: { afterRequests: 2 }, answer: 'closed' });
  provider.setSecondUse('revokes-first');
  await leakWorld.deliver();
  provider.setSecondUse('same-successor');
  stored.putParameter('escrow', world.refreshed(refreshToken, 0));
  await leakWorld.deliver({ receiveCount: 2 });

  // A person begins a new chain beside an older one that is alive; this one is revoked then.
  const replaced = leakWorld.connect();
  world.advance(minuteMs);
  replaced.put(leakWorld.tokenSet(), ['AWSCURRENT', 'SFMC_SEEDED']);
  provider.model.revokeChain(replaced.current().refreshToken ?? '');
  world.advance(25 * minuteMs);
  await leakWorld.deliver();

  // A forced one that is nearly over makes room for another.
  leakWorld.connect();
  await leakWorld.deliver({ sentAtMs: world.now() - 17 * minuteMs, force: true });
}

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

async function playSteps(leakWorld: LeakWorld): Promise<void> {
  leakWorld.connect();
  const versionId = randomUUID();
  for (const step of steps) {
    await leakWorld.step(step, versionId);
    await leakWorld.step(step, versionId);
  }
  // On a version that nobody made.
  for (const step of steps.slice(1)) await leakWorld.step(step, randomUUID());

  // With an access token that is refused, or that no header can carry.
  const stored = leakWorld.connect();
  for (const accessToken of [leakWorld.canary(), `${leakWorld.canary()}\n.`]) {
    const issuedAt = new Date(leakWorld.world.now()).toISOString();
    const expiresAt = new Date(leakWorld.world.now() + 60 * minuteMs).toISOString();
    const pending = { accessToken, refreshToken: leakWorld.canary(), issuedAt, expiresAt };
    const pendingId = stored.put(pending, ['AWSPENDING']);
    await leakWorld.step('testSecret', pendingId);
    await leakWorld.step('finishSecret', pendingId);
  }
}
