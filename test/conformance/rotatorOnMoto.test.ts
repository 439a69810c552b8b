import { randomUUID } from 'node:crypto';
import { createTokenReader } from '../../lambda/reader';
import { secondUses } from '../../local/provider/refreshTokens';
import { setEnvironment } from '../support/environment';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { minuteMs, secondMs } from '../support/simulatedClock';
import { describeOnMoto } from './motoServer';
import { MotoWorld } from './motoWorld';

/** The hardest of the three: what came of the first use is refused. */
const hardest = 'revokes-first';

/** The mark is looked for, put and looked at before a refresh token is sent a second time. */
const marked = ['ListSecretVersionIds', 'UpdateSecretVersionStage', 'GetSecretValue'];

describeOnMoto('the built function on moto', (server) => {
  it('rotates by the first delivery of a message, finds the token fresh, and rotates again when it is due', async () => {
    const world = await MotoWorld.start(server());

    const deliveries = [await world.deliver(), await world.deliver()];
    world.advance();
    deliveries.push(await world.deliver());

    expect(deliveries).toEqual(['done', 'done', 'done']);
    expect(await world.labels()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
    expect(world.aws.calls).toEqual([
      ...['GetSecretValue', 'GetParameters', 'PutSecretValue'],
      'GetSecretValue',
      ...['GetSecretValue', 'GetParameters', 'PutSecretValue'],
    ]);
    expect(await world.isWhole()).toBe(true);
  });

  it.each(secondUses)('confirms at once what came after a lost answer (%s)', async (secondUse) => {
    const world = await MotoWorld.start(server(), { secondUse });
    world.provider.orderFault({ kind: 'dropAfter' });

    expect(await world.deliver()).toBe('done');

    expect(world.aws.calls).toEqual([
      ...['GetSecretValue', 'GetParameters', 'PutSecretValue'],
      ...[...marked, 'PutSecretValue'],
    ]);
    expect((await world.current()).labels).toEqual(['AWSCURRENT']);
    expect(await world.isWhole()).toBe(true);
  });

  it('confirms a minute later what it could not at once', async () => {
    const world = await MotoWorld.start(server(), { secondUse: hardest });
    const sentAtMs = world.now();
    const { orderFault } = world.provider;
    orderFault({ kind: 'dropAfter' });
    orderFault({ kind: 'exchange', takenUp: 'now', answer: 'valid' });
    const end = orderFault({ kind: 'unavailable', consumed: false }, { forMs: 59 * secondMs });

    expect(await world.deliver({ sentAtMs, timeoutMs: 10_000 })).toBe('failed');

    expect(await world.labels()).toEqual([
      ['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SENT'],
      ['AWSPREVIOUS'],
    ]);
    end();
    world.advance(minuteMs);
    expect(await world.deliver({ sentAtMs, receiveCount: 2 })).toBe('done');
    expect((await world.current()).labels).toEqual(['AWSCURRENT']);
    expect(await world.isWhole()).toBe(true);
  });

  it('recovers from AWSPREVIOUS what a reset of the secret put aside, and puts an event on the bus', async () => {
    const world = await MotoWorld.start(server());
    await world.deliver();
    const before = await world.stored();
    await world.put('v2', {});

    expect(await world.deliver()).toBe('done');

    expect(await world.stored()).toEqual(before);
    expect(await world.isWhole()).toBe(true);
    expect(await world.queues.events()).toMatchObject([
      {
        source: 'sfmc-token-rotator',
        'detail-type': 'SFMC Token Rotation',
        detail: { connection: world.connection, outcome: 'recovered', expiresAt: before.expiresAt },
      },
    ]);
  });

  it('puts tokens in the escrow while the secret takes none, and publishes them then', async () => {
    const world = await MotoWorld.start(server());
    const sentAtMs = world.now();
    world.aws.refused.add('PutSecretValue');

    // It tries as long as it may.
    expect(await world.deliver({ sentAtMs, timeoutMs: 10_000 })).toBe('failed');

    const parked = JSON.parse((await world.escrow()) ?? '{}');
    expect(parked.refreshToken).toEqual(expect.any(String));
    expect((await world.stored()).refreshToken).not.toBe(parked.refreshToken);

    world.aws.refused.clear();
    world.advance(minuteMs);
    expect(await world.deliver({ sentAtMs, receiveCount: 2 })).toBe('done');
    expect((await world.stored()).refreshToken).toBe(parked.refreshToken);
    expect(await world.escrow()).toBeUndefined();
    expect(await world.isWhole()).toBe(true);
  });

  it('confirms from the escrow while the secret takes neither value nor label', async () => {
    const world = await MotoWorld.start(server(), { secondUse: hardest });
    const sentAtMs = world.now();
    const { versionId } = await world.current();
    world.provider.orderFault({ kind: 'dropAfter' });
    for (const write of ['PutSecretValue', 'UpdateSecretVersionStage']) {
      world.aws.refused.add(write);
    }

    expect(await world.deliver({ sentAtMs, timeoutMs: 12_000 })).toBe('failed');

    expect(await world.current()).toMatchObject({ versionId });
    expect([JSON.parse((await world.escrow()) ?? '[]')].flat().length).toBeGreaterThan(1);

    world.aws.refused.clear();
    world.advance(minuteMs);
    expect(await world.deliver({ sentAtMs, receiveCount: 2 })).toBe('done');
    expect((await world.current()).labels).toEqual(['AWSCURRENT']);
    expect(await world.isWhole()).toBe(true);
  });

  it('marks before it rotates by hand, and leaves a message that would go on', async () => {
    const world = await MotoWorld.start(server());

    const { outcome } = await world.invoke();

    expect(outcome).toBe('rotated');
    expect(world.aws.calls).toEqual([
      ...['GetSecretValue', 'GetParameters', 'SendMessage'],
      ...[...marked, 'PutSecretValue'],
      ...[...marked, 'PutSecretValue'],
    ]);
    expect(await world.isWhole()).toBe(true);
    const {
      Records: [message],
    } = await world.queues.receive();
    expect(JSON.parse(message?.body ?? '{}')).toEqual({
      connection: world.connection,
      force: true,
      isFollowUp: true,
    });
    expect(message?.attributes).toMatchObject({ MessageGroupId: world.connection });
  });

  it('goes on by that message if it died once the token was sent, not sooner', async () => {
    const world = await MotoWorld.start(server());
    const { refreshToken = '' } = await world.stored();
    world.provider.orderFault({ kind: 'exchange', takenUp: 'now', answer: 'none' });

    expect(await world.invokeAndKill()).toBe('Runtime.ExitError');
    expect(world.provider.model.refreshTokenState(refreshToken).state).toBe('used');

    world.advance(30 * secondMs);
    expect(await world.deliverQueued()).toBe('failed');
    world.advance(30 * secondMs);
    expect(await world.deliverQueued()).toBe('done');

    expect((await world.stored()).refreshToken).not.toBe(refreshToken);
    expect(await world.isWhole()).toBe(true);
  });

  it('rotates in Secrets Manager’s four steps', async () => {
    const world = await MotoWorld.start(server());
    const token = randomUUID();

    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      await world.step(step, token);
    }

    const { versionId, labels } = await world.current();
    expect({ versionId, labels }).toEqual({ versionId: token, labels: ['AWSCURRENT'] });
    // The copy has taken the place of what was published at once.
    expect(await world.stored('AWSPREVIOUS')).toEqual(await world.stored());
    expect(await world.isWhole()).toBe(true);
  });

  it('uses nothing that is older than what a person has begun the chain with', async () => {
    const world = await MotoWorld.start(server());
    const replaced = await world.stored();
    world.advance(minuteMs);
    const seeded = world.refreshed();
    await world.put('v2', seeded, ['AWSCURRENT', 'SFMC_SEEDED']);
    world.provider.model.revokeChain(seeded.refreshToken ?? '');

    await expect(world.invoke()).rejects.toMatchObject({ errorType: 'ChainBroken' });

    const { model } = world.provider;
    expect(model.accepts(replaced.refreshToken ?? '', world.now())).toBe(true);
    expect(model.refreshTokenState(replaced.refreshToken ?? '').state).toBe('unused');
    expect(await world.stored()).toEqual(seeded);
  });

  it('publishes what the reader reads', async () => {
    const world = await MotoWorld.start(server());
    await world.deliver();
    setEnvironment(rotatorEnvironment(server().url));

    const { accessToken } = await createTokenReader({ connection: world.connection }).get();

    expect(accessToken).toBe((await world.stored()).accessToken);
  });
});
