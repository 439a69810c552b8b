import { beganAtMs, prepareFleet, startFleetProvider } from './fleetEndpoint';

/** A fleet in each of two Regions or accounts, whose connections are of one provider. */
async function prepareShards(first: readonly string[], second: readonly string[]) {
  const provider = await startFleetProvider();
  const shards = [
    await prepareFleet(provider, first),
    await prepareFleet(provider, second),
  ] as const;
  const dispatchBoth = async () => {
    const sent = await Promise.all(shards.map(({ dispatch }) => dispatch()));
    await Promise.all(shards.map(({ until }) => until(0, 0)));
    return sent;
  };
  return { provider, shards, dispatchBoth };
}

describe('two shards of a fleet', () => {
  it('rotate each its own connections, once, and none of the other', async () => {
    const [first, second] = [
      ['acme1', 'acme2', 'both'],
      ['globex1', 'both'],
    ] as const;
    const { provider, shards, dispatchBoth } = await prepareShards(first, second);

    const sent = await dispatchBoth();

    expect(sent).toEqual([first.length, second.length]);
    expect([first.every(shards[0].hasToken), second.every(shards[1].hasToken)]).toEqual([
      true,
      true,
    ]);
    // A name that is in both is two connections.
    expect(shards[0].stored('both').accessToken).not.toBe(shards[1].stored('both').accessToken);
    expect(
      provider.requests.filter(({ path }) => path.startsWith('/v1/requestToken')),
    ).toHaveLength(first.length + second.length);
    for (const [at, { aws }] of shards.entries()) {
      const touched = new Set(
        aws.calls
          .flatMap(({ names }) => names)
          .join(' ')
          .match(/acme|globex/g),
      );
      expect([...touched]).toEqual([['acme'], ['globex']][at]);
    }
  });

  it('go on with a connection that moves from one to the other, with its chain', async () => {
    const { provider, shards, dispatchBoth } = await prepareShards(['stays', 'moves'], ['other']);
    const [from, to] = shards;
    await from.dispatch();
    await from.until(0, 0);
    const { refreshToken } = from.stored('moves');

    from.aws.parameterStore.deleteParameter({ Name: '/sfmc/moves/config' });
    to.add('moves', refreshToken);
    const sent = await dispatchBoth();

    expect(sent).toEqual([1, 2]);
    const moved = to.stored('moves');
    expect(provider.model.isAccessTokenValid(moved.accessToken ?? '', beganAtMs)).toBe(true);
    expect(provider.model.refreshTokenState(moved.refreshToken).state).toBe('unused');
    expect(from.stored('moves').refreshToken).toBe(refreshToken);
  });
});
