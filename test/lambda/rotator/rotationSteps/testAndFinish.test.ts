import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { asked, upTo, versionId } from './steps';

describe('testSecret', () => {
  it('finds nothing to test where Secrets Manager tries it out on an empty version', async () => {
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
        'Connection "acme": the provider does not accept the new access token. It stays in ' +
        'AWSPENDING, where the next scheduled rotation finds its refresh token.',
    });
    const tick = await world.rotate();

    expect(tick.outcome).toBe('recovered');
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });

  it('is left to be repeated where the provider cannot be reached', async () => {
    const world = await startDueWorld();
    await world.step('createSecret', versionId);
    await world.provider.close();

    await expect(world.step('testSecret', versionId)).rejects.toMatchObject({
      code: 'ProviderUnavailable',
      message:
        'Connection "acme": the new access token could not be tested: no answer (ECONNREFUSED). ' +
        'Secrets Manager repeats the step.',
    });

    expect(world.clock.sleptMs.length).toBeGreaterThan(3);
    expect(world.stored.versionOf('AWSPENDING')).toBe(versionId);
  });

  it('is not begun where too little time is left', async () => {
    const world = await startDueWorld();
    await world.step('createSecret', versionId);
    const parameterStore = world.effects.parameterStore();
    const slow: typeof parameterStore = {
      ...parameterStore,
      async read(names) {
        world.clock.advance(38_500);
        return parameterStore.read(names);
      },
    };

    const tested = world.step('testSecret', versionId, { parameterStore: () => slow });

    await expect(tested).rejects.toMatchObject({ code: 'DeadlineExceeded' });
    expect(asked(world)).toEqual(['/v1/requestToken']);
  });

  it.each([
    ['known', undefined],
    ["the provider's", 'https://rest.example.com'],
  ])('sends the access token nowhere where the REST host is not %s', async (_, restBaseUrl) => {
    const world = await startDueWorld();
    const { restBaseUrl: _r, soapBaseUrl: _s, ...tokenSet } = world.stored.current();
    const { clientId } = world.provider;
    world.stored.configure({ authBaseUrl: 'https://auth.exacttargetapis.com', clientId });
    const pending = world.stored.put({ ...tokenSet, ...(restBaseUrl && { restBaseUrl }) }, [
      'AWSPENDING',
    ]);
    world.clearRequests();

    const result = await world.step('testSecret', pending);

    expect(result.versionId).toBe(pending);
    expect(world.requests).toEqual(['GetSecretValue', 'GetParameters']);
    expect(world.telemetry.lines.at(-1)?.message).toBe(
      'The new access token was not tested: the REST host is not known',
    );
  });
});

describe('finishSecret', () => {
  async function startFinishing(): Promise<LocalWorld> {
    const world = await startDueWorld();
    await upTo('testSecret', world);
    world.clock.advance(minuteMs);
    return world;
  }

  it.each(['throttle', 'dropBefore', 'dropAfter'] as const)(
    'looks again where moving AWSCURRENT meets %s',
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
      world.provider.setSecondUse('another-successor');
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
    let tick: { versionId: string } | undefined;
    const overtaken: typeof secretStore = {
      ...secretStore,
      async moveStage(...move) {
        tick ??= await world.rotate({ force: true });
        return secretStore.moveStage(...move);
      },
    };

    await world.step('finishSecret', versionId, { secretStore: overtaken });

    expect(world.stored.versionOf('AWSCURRENT')).toBe(tick?.versionId);
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
