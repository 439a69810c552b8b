import { randomUUID } from 'node:crypto';
import { createTokenReader } from '../../lambda/reader';
import { setEnvironment } from '../support/environment';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { minuteMs } from '../support/simulatedClock';
import { describeOnMoto } from './motoServer';
import { MotoWorld } from './motoWorld';

// Starts a process, which takes its time on a busy machine.
jest.setTimeout(60_000);

describeOnMoto('the built function on moto', (server) => {
  it('rotates, finds the token fresh, and rotates again when it is due', async () => {
    const world = await MotoWorld.start(server());

    const outcomes = [(await world.rotate()).outcome, (await world.rotate()).outcome];
    world.advance();
    outcomes.push((await world.rotate()).outcome);

    expect(outcomes).toEqual(['rotated', 'fresh', 'rotated']);
    expect(await world.labels()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
    expect(world.aws.calls).toEqual([
      ...['GetSecretValue', 'GetParameters', 'PutSecretValue'],
      'GetSecretValue',
      ...['GetSecretValue', 'GetParameters', 'PutSecretValue'],
    ]);
    expect(await world.isWhole()).toBe(true);
  });

  it('asks again where the provider’s answer was lost', async () => {
    const world = await MotoWorld.start(server());
    await world.rotate();
    world.advance();
    world.provider.orderFault({ kind: 'dropAfter' });

    const { outcome } = await world.rotate();

    expect(outcome).toBe('rotated');
    expect(await world.isWhole()).toBe(true);
  });

  it('recovers from AWSPREVIOUS what a reset of the secret put aside', async () => {
    const world = await MotoWorld.start(server());
    await world.rotate();
    const before = await world.stored();
    await world.secret.put('v2', { SecretString: '{}' });

    const { outcome } = await world.rotate();

    expect(outcome).toBe('recovered');
    expect(await world.stored()).toEqual(before);
    expect(await world.isWhole()).toBe(true);
  });

  it('puts tokens in the escrow while the secret takes none, and publishes them then', async () => {
    const world = await MotoWorld.start(server());
    await world.rotate();
    world.advance();
    world.aws.refused.add('PutSecretValue');

    // It tries as long as it may.
    await expect(world.rotate(10_000)).rejects.toMatchObject({ errorType: 'StoreUnavailable' });

    const parked = JSON.parse((await world.escrow()) ?? '{}');
    expect(parked.refreshToken).toEqual(expect.any(String));
    expect(await world.stored()).not.toEqual(parked);

    world.aws.refused.clear();
    world.advance(minuteMs);
    const { outcome } = await world.rotate();

    expect(outcome).toBe('recovered');
    expect(await world.stored()).toEqual(parked);
    expect(await world.escrow()).toBeUndefined();
    expect(await world.isWhole()).toBe(true);
  });

  it('rotates in Secrets Manager’s four steps', async () => {
    const world = await MotoWorld.start(server());
    await world.rotate();
    const token = randomUUID();
    const before = await world.stored();

    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      await world.step(step, token);
    }

    const current = await world.secret.get({ VersionStage: 'AWSCURRENT' });
    expect(current.VersionId).toBe(token);
    expect(await world.stored('AWSPREVIOUS')).toEqual(before);
    expect(await world.isWhole()).toBe(true);
  });

  it('publishes what the reader reads', async () => {
    const world = await MotoWorld.start(server());
    await world.rotate();
    setEnvironment(rotatorEnvironment(server().url));

    const { accessToken } = await createTokenReader({ connection: world.connection }).get();

    expect(accessToken).toBe((await world.stored()).accessToken);
  });
});
