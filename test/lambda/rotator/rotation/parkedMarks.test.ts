import { StoreFailure } from '../../../../lambda/effects/storeFailure';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

const denied = (store: 'Secrets Manager' | 'Parameter Store') =>
  Promise.reject(new StoreFailure(store, 'denied', 'no writes'));

/** The provider, whose first answer is lost: what the next one brings is to be confirmed. */
function losingFirst({ effects: { provider } }: LocalWorld) {
  const sent = { requests: 0 };
  const losing: typeof provider = {
    ...provider,
    async requestToken(...request) {
      sent.requests += 1;
      const answer = await provider.requestToken(...request);
      return sent.requests === 1 ? { kind: 'noResponse', reason: 'lost' } : answer;
    },
  };
  return { provider: losing, sent };
}

it('a parked set is published in the same invocation if Secrets Manager comes back and Parameter Store does not', async () => {
  const world = await startDueWorld();
  const { secretStore, clock } = world.effects;
  const parameterStore = world.effects.parameterStore();
  const startedAtMs = clock.now();
  const isOut = () => clock.now() < startedAtMs + 15 * secondMs;
  let writes = 0;

  const result = await world.rotate(
    {},
    {
      provider: losingFirst(world).provider,
      secretStore: {
        ...secretStore,
        put: (...put) => (isOut() ? denied('Secrets Manager') : secretStore.put(...put)),
        moveStage: (...move) =>
          isOut() ? denied('Secrets Manager') : secretStore.moveStage(...move),
      },
      parameterStore: () => ({
        ...parameterStore,
        writeSecure: (...written) =>
          writes++ === 0 ? parameterStore.writeSecure(...written) : denied('Parameter Store'),
      }),
    },
  );

  expect(result.outcome).toBe('recovered');
  expect(world.chainState()).toEqual(whole);
});

it('the mark of a token that is parked is tried again for as long as time is left', async () => {
  const world = await startDueWorld();
  const { secretStore } = world.effects;
  const parameterStore = world.effects.parameterStore();
  const { provider, sent } = losingFirst(world);
  const takesNone = () => denied('Secrets Manager');
  let writes = 0;
  const denying: typeof parameterStore = {
    ...parameterStore,
    writeSecure(...written) {
      writes += 1;
      if (writes > 1 && writes < 7) return denied('Parameter Store');
      return parameterStore.writeSecure(...written);
    },
  };

  await world
    .rotate(
      {},
      {
        provider,
        secretStore: { ...secretStore, put: takesNone, moveStage: takesNone },
        parameterStore: () => denying,
      },
    )
    .catch(() => {});

  expect(sent.requests).toBeGreaterThan(2);
});
