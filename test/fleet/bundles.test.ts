import { prepareFleet, startFleetProvider } from './fleetEndpoint';

it('sends every connection of the registry to the queue, and rotates each once', async () => {
  const names = Array.from({ length: 12 }, (_, nth) => `acme${nth}`);
  const provider = await startFleetProvider();
  const { aws, dispatch, until, hasToken } = await prepareFleet(provider, names);
  const reads = () => aws.calls.filter(({ operation }) => operation === 'GetSecretValue').length;

  const sent = await dispatch();
  await until(0, 0);
  const readsOnce = reads();
  const again = await dispatch();
  await until(0, 0);

  expect(sent).toBe(names.length);
  expect(names.filter((name) => !hasToken(name))).toEqual([]);
  // What is sent again in the same period is dropped by the queue.
  expect([again, reads()]).toEqual([names.length, readsOnce]);
  expect(provider.requests.filter(({ path }) => path.startsWith('/v1/requestToken'))).toHaveLength(
    names.length,
  );
});

it('leaves the message of a connection that cannot be rotated, and rotates the others', async () => {
  const names = ['good', 'bad', 'better'];
  const provider = await startFleetProvider();
  const { aws, dispatch, until, hasToken } = await prepareFleet(provider, names);
  aws.parameterStore.deleteParameter({ Name: '/sfmc/bad/client-secret' });

  await dispatch();
  await until(0, 1);

  expect(names.map(hasToken)).toEqual([true, false, true]);
});
