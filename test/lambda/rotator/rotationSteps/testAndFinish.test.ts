import { labels } from '../../../../lambda/core/labels';
import { closingReserveMs, shortestProviderAttemptMs } from '../../../../lambda/core/limits';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { upTo, versionId } from './steps';

describe('testSecret', () => {
  it('finds nothing to test if Secrets Manager tries it out on an empty version', async () => {
    const world = await startDueWorld();

    const result = await world.step('testSecret', versionId);

    expect(result).toMatchObject({ outcome: 'fresh', versionId });
    expect(world.provider.requests).toEqual([]);
    expect(world.chainState()).toEqual(whole);
  });

  it('refuses a pending access token that the provider does not accept', async () => {
    const world = await startDueWorld();
    await world.step('createSecret', versionId);
    world.clock.advance(61 * minuteMs);

    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      code: 'ProviderUnavailable',
      message:
        'Connection "acme": the provider does not accept the new access token. Its refresh token is ' +
        'in AWSCURRENT, where the next scheduled rotation uses it.',
    });
    const { result } = await world.deliver();

    expect(result?.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('refuses it just so once it is AWSCURRENT and marked: nothing newer is', async () => {
    const world = await startDueWorld();
    await upTo('finishSecret', world);
    const holder = world.stored.versionOf(labels.sent);
    await world.effects.secretStore.moveStage('sfmc/acme', labels.sent, holder, versionId);
    world.clock.advance(61 * minuteMs);

    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      code: 'ProviderUnavailable',
      message: expect.stringContaining('does not accept the new access token'),
    });
  });

  it('is left to be repeated if the provider cannot be reached', async () => {
    const world = await startDueWorld();
    await world.step('createSecret', versionId);
    await world.provider.close();

    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      code: 'ProviderUnavailable',
      message:
        'Connection "acme": the new access token could not be tested: no connection (ECONNREFUSED). ' +
        'Secrets Manager repeats the step.',
    });

    // Ever longer; the last attempt comes as late as it can.
    const pausesMs = world.clock.sleptMs.slice(0, -1);
    expect(pausesMs.length).toBeGreaterThan(3);
    expect(pausesMs).toEqual(pausesMs.toSorted((a, b) => a - b));
    expect(world.stored.versionOf('AWSPENDING')).toBe(versionId);
  });

  it('is not begun without the time that one attempt takes', async () => {
    const test = async (leftMs: number) => {
      const world = await startDueWorld();
      await world.step('createSecret', versionId);
      world.clearRequests();
      const parameterStore = world.effects.parameterStore();
      const slow: typeof parameterStore = {
        ...parameterStore,
        async read(names) {
          world.clock.advance(40_000 - closingReserveMs - leftMs);
          return parameterStore.read(names);
        },
      };
      return {
        world,
        tested: world.step('testSecret', versionId, { parameterStore: () => slow }),
      };
    };

    const enough = await test(shortestProviderAttemptMs);
    expect(await enough.tested).toMatchObject({ outcome: 'rotated' });

    const { world, tested } = await test(shortestProviderAttemptMs - 1);
    await expect(tested).rejects.toMatchObject({
      code: 'DeadlineExceeded',
      message: expect.stringContaining('time is left to test the token'),
    });
    expect(world.requests).toEqual(['GetSecretValue', 'GetParameters']);
  });

  it.each([
    ['known', undefined],
    ["the provider's", 'https://rest.example.com'],
  ])('sends the access token nowhere if the REST host is not %s', async (_, restBaseUrl) => {
    const world = await startDueWorld();
    const { restBaseUrl: _r, soapBaseUrl: _s, ...tokenSet } = world.stored.current();
    const { clientId } = world.provider;
    world.stored.configure({ authBaseUrl: 'https://auth-test.exacttargetapis.com', clientId });
    const pending = world.stored.put({ ...tokenSet, ...(restBaseUrl && { restBaseUrl }) }, [
      'AWSPENDING',
    ]);
    world.clearRequests();

    const result = await world.step('testSecret', pending);

    expect(result).toMatchObject({ versionId: pending });
    expect(world.requests).toEqual(['GetSecretValue', 'GetParameters']);
    expect(world.telemetry.lines.at(-1)?.message).toBe(
      'The new access token was not tested: the REST host is not known',
    );
  });
});

describe('finishSecret', () => {
  it('puts the label on a copy alone: what a tick has published since stays', async () => {
    const world = await startFinishing();
    world.clock.advance(25 * minuteMs);
    await world.rotate();
    const ticked = world.stored.versionOf('AWSCURRENT');

    await world.step('finishSecret', versionId);

    expect(world.stored.versionOf('AWSCURRENT')).toBe(ticked);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });

  it('leaves an open end where it is: the copy does not bear its label', async () => {
    const world = await startDueWorld();
    const current = world.stored.current();
    world.stored.put(current, ['AWSPENDING']);
    const pending = world.stored.versionOf('AWSPENDING') ?? '';
    const open = world.stored.put(current, ['AWSCURRENT', 'SFMC_OPEN']);

    await world.step('finishSecret', pending);

    expect(world.stored.versionOf('AWSCURRENT')).toBe(open);
  });

  async function startFinishing(): Promise<LocalWorld> {
    const world = await startDueWorld();
    await upTo('testSecret', world);
    world.clock.advance(minuteMs);
    return world;
  }

  it.each(['throttle', 'dropBefore', 'dropAfter'] as const)(
    'looks again if moving AWSCURRENT meets %s',
    async (kind) => {
      const world = await startFinishing();
      world.aws.orderFault({ operation: 'UpdateSecretVersionStage', kind });

      await world.step('finishSecret', versionId);

      expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
      expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
      expect(world.chainState()).toEqual(whole);
    },
  );

  it.each(['throttle', 'dropBefore', 'dropAfter'] as const)(
    'ends AWSPENDING in spite of %s',
    async (kind) => {
      const world = await startFinishing();
      await world.rotate({ force: true });
      world.aws.orderFault({ operation: 'UpdateSecretVersionStage', kind });

      await world.step('finishSecret', versionId);

      expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('gives way to an invocation that publishes just before', async () => {
    const world = await startFinishing();
    const { secretStore } = world.effects;
    let ticked: string | undefined;
    const overtaken: typeof secretStore = {
      ...secretStore,
      async moveStage(...move) {
        if (ticked === undefined) {
          await world.rotate({ force: true });
          ticked = world.stored.versionOf('AWSCURRENT');
        }
        return secretStore.moveStage(...move);
      },
    };

    await world.step('finishSecret', versionId, { secretStore: overtaken });

    expect(world.stored.versionOf('AWSCURRENT')).toBe(ticked);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });

  it('is left to be repeated while it is denied', async () => {
    const world = await startFinishing();
    const allow = world.aws.orderFault({
      operation: 'UpdateSecretVersionStage',
      kind: 'deny',
      calls: 'untilCancelled',
    });

    await expect(world.step('finishSecret', versionId)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringMatching(
        /^Connection "acme": .*AccessDeniedException.*Secrets Manager repeats the step\.$/,
      ),
    });
    allow();
    await world.step('finishSecret', versionId);

    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.chainState()).toEqual(whole);
  });
});

describe('a version that cannot be read yet though the step before has written it', () => {
  it.each(['setSecret', 'testSecret', 'finishSecret'] as const)(
    'is read again for a moment by %s',
    async (step) => {
      const world = await startDueWorld();
      await upTo(step === 'finishSecret' ? 'testSecret' : 'createSecret', world);
      const { secretStore } = world.effects;
      let unseen = 3;
      const slow: typeof secretStore = {
        ...secretStore,
        readVersion: (id, version) =>
          secretStore.readVersion(id, unseen-- > 0 ? 'x'.repeat(32) : version),
      };
      const before = world.provider.requests.length;

      const result = await world.step(step, versionId, { secretStore: slow });

      expect(result).toMatchObject({ outcome: 'rotated', versionId });
      expect(unseen).toBeLessThan(0);
      const asked = world.provider.requests.slice(before).map(({ path }) => path);
      expect(asked).toEqual(step === 'testSecret' ? ['/platform/v1/tokenContext'] : []);
    },
  );
});
