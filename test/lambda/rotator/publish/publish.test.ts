import { closingReserveMs, publishReserveMs, storeAttemptMs } from '../../../../lambda/core/limits';
import { isChildOf } from '../../../../lambda/core/lineage';
import { Redacted } from '../../../../lambda/core/redacted';
import { publish, salvage } from '../../../../lambda/rotator/publish';
import { startSeededWorld } from '../../../support/startWorld';
import { fingerprints, heldOf, optionsOf, tokenSetOf } from './tokenSets';

const set = heldOf('refresh', {
  tokenSet: {
    ...tokenSetOf('refresh'),
    legacyToken: new Redacted('legacy'),
    restBaseUrl: 'https://acme.rest.marketingcloudapis.com',
    soapBaseUrl: 'https://acme.soap.marketingcloudapis.com/Service.asmx',
  },
});
const stored = {
  accessToken: 'access-beside-refresh',
  legacyToken: 'legacy',
  refreshToken: 'refresh',
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
  restBaseUrl: 'https://acme.rest.marketingcloudapis.com',
  soapBaseUrl: 'https://acme.soap.marketingcloudapis.com/Service.asmx',
};

describe('publishing', () => {
  it('makes the token set AWSCURRENT in one call', async () => {
    const world = await startSeededWorld();

    const published = await publish(world.run(), set, optionsOf(world));

    expect(world.requests).toEqual(['PutSecretValue']);
    expect(world.stored.current()).toEqual(stored);
    expect(published).toMatchObject({
      kind: 'published',
      version: { versionId: world.stored.versionOf('AWSCURRENT'), stages: ['AWSCURRENT'] },
      held: [],
    });
  });

  it('gives it a version id that shows anyone which version it follows', async () => {
    const world = await startSeededWorld();
    const parent = world.stored.versionOf('AWSCURRENT') ?? '';

    await publish(world.run(), set, optionsOf(world));

    const versionId = world.stored.versionOf('AWSCURRENT') ?? '';
    const text = JSON.stringify(world.stored.current());
    expect(versionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(isChildOf(parent, { versionId, text })).toBe(true);
    expect(isChildOf(versionId, { versionId, text })).toBe(false);
  });

  it.each([
    ['an open one, for its token to be confirmed', { open: true }, ['SFMC_OPEN']],
    ['one whose token was sent already', { sent: true }, ['SFMC_OPEN', 'SFMC_SENT']],
    ['a clean one, without a label', {}, []],
  ])('marks %s in the same call', async (_, marks, labels) => {
    const world = await startSeededWorld();

    await publish(world.run(), { ...set, ...marks }, optionsOf(world));

    expect(world.requests).toEqual(['PutSecretValue']);
    const versionId = world.stored.versionOf('AWSCURRENT') ?? '';
    expect(world.stored.stages()[versionId]).toEqual(['AWSCURRENT', ...labels]);
  });

  it('makes a version current again that a person has put another one before', async () => {
    const world = await startSeededWorld();
    const options = optionsOf(world);
    await publish(world.run(), set, options);
    const versionId = world.stored.versionOf('AWSCURRENT') ?? '';
    const { moveStage } = world.effects.secretStore;
    await moveStage('sfmc/acme', 'AWSCURRENT', versionId, options.parentVersionId);

    await publish(world.run(), set, { ...options, listed: [{ versionId }] });

    expect(world.stored.current()).toEqual(stored);
  });

  it('leaves out what is not known', async () => {
    const world = await startSeededWorld();

    await publish(world.run(), heldOf('refresh'), optionsOf(world));

    expect(Object.keys(world.stored.current())).toEqual([
      'accessToken',
      'refreshToken',
      'issuedAt',
      'expiresAt',
    ]);
  });

  it.each(['throttle', 'internal', 'unavailable', 'dropBefore', 'dropAfter'] as const)(
    'tries again after %s, in the same version',
    async (kind) => {
      const world = await startSeededWorld();
      world.aws.orderFault({ operation: 'PutSecretValue', kind });

      await publish(world.run(), set, optionsOf(world));

      expect(world.requests).toEqual(['PutSecretValue', 'PutSecretValue']);
      expect(world.stored.current()).toEqual(stored);
      expect(world.stored.versionCount()).toBe(2);
    },
  );

  it('remembers when the access token expires, which version it replaced, and no more', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const options = optionsOf(world);

    await publish(run, set, options);

    expect(run.memory).toMatchObject({
      expiresAtMs: set.tokenSet.expiresAtMs,
      replaced: [options.parentVersionId],
      held: [],
    });
  });

  it('goes on knowing of a rival that this environment alone holds', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const rival = heldOf('rival');
    run.memory.held = [rival];

    const published = await publish(run, set, optionsOf(world, { held: [rival] }));

    expect(fingerprints(published.held)).toEqual(fingerprints([rival]));
    expect(run.memory.held).toEqual([rival]);
  });
});

describe('what is kept free at the end of an invocation', () => {
  it('lets a token set that came at the last moment be parked though each call takes its time', async () => {
    const world = await startSeededWorld();
    const { secretStore } = world.effects;
    const parameterStore = world.effects.parameterStore();
    const run = world.run({
      timeMs: publishReserveMs + closingReserveMs,
      secretStore: {
        ...secretStore,
        async put(...version) {
          world.clock.advance(storeAttemptMs);
          world.aws.orderFault({ operation: 'PutSecretValue', kind: 'unavailable' });
          return secretStore.put(...version);
        },
      },
      parameterStore: () => ({
        ...parameterStore,
        async read(names) {
          world.clock.advance(500);
          return parameterStore.read(names);
        },
        async writeSecure(...written) {
          world.clock.advance(storeAttemptMs);
          return parameterStore.writeSecure(...written);
        },
      }),
    });

    await expect(publish(run, set, optionsOf(world))).rejects.toMatchObject({
      message: expect.stringContaining('is parked in /sfmc/acme/escrow'),
    });

    expect(JSON.parse(world.stored.escrow() ?? '')).toEqual(stored);
    expect(world.clock.now()).toBeLessThanOrEqual(run.deadlineMs);
  });
});

describe('salvaging a refresh token', () => {
  it('stores it in a labelled version beside AWSCURRENT', async () => {
    const world = await startSeededWorld();

    await salvage(world.run(), new Redacted('successor'));

    expect(world.stored.salvaged()).toBe('successor');
    expect(world.stored.current()).toEqual({ refreshToken: world.provider.refreshToken });
    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'Kept the refresh token of an answer that could not be used otherwise',
        fields: { refreshToken: expect.stringMatching(/^[0-9a-f]{8}$/), kept: true },
      },
    ]);
  });

  it('is not tried twice, and says that it failed', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });

    await salvage(world.run(), new Redacted('successor'));

    expect(world.requests).toEqual(['PutSecretValue']);
    expect(world.telemetry.lines.at(-1)?.fields).toMatchObject({ kept: false });
  });
});
