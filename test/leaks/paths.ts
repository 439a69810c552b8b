import { randomUUID } from 'node:crypto';
import { minuteMs } from '../support/simulatedClock';
import { LeakWorld } from './leakWorld';

/** Takes the function along its ways through recovery and Secrets Manager's own rotation. */
export async function playPaths(): Promise<LeakWorld> {
  const leakWorld = await LeakWorld.start();
  await playRecovery(leakWorld);
  await playCredentials(leakWorld);
  await playSteps(leakWorld);
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
  await leakWorld.invoke();

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
