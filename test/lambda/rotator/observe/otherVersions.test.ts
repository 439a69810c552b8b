import { reuseWindowMs } from '../../../../lambda/core/limits';
import { readCurrent, readOtherVersions, readVersion } from '../../../../lambda/rotator/observe';
import { secondMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';

const issued = (refreshToken: string) => ({
  accessToken: 'access',
  refreshToken,
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
});

describe('reading the other versions', () => {
  it('orders them: AWSPENDING, AWSPREVIOUS, other labels, the newest without one', async () => {
    const world = await startSeededWorld();
    const put = (name: string, stages?: string[]) => {
      world.clock.advance(secondMs);
      return world.stored.put(issued(name), stages);
    };
    const unlabelled = [put('u1'), put('u2')];
    put('previous');
    put('salvaged', ['SFMC_SALVAGED']);
    put('pending', ['AWSPENDING']);
    const current = put('current');

    const { versions, listed } = await readOtherVersions(world.run(), { versionId: current });

    expect(tokensIn(versions)).toEqual([
      'pending',
      'previous',
      'salvaged',
      'u2',
      'u1',
      world.provider.refreshToken,
    ]);
    expect(versions.slice(3, 5).map(({ versionId }) => versionId)).toEqual(unlabelled.reverse());
    expect(listed).toHaveLength(7);
  });

  it('looks into the five newest of those without a label', async () => {
    const world = await startSeededWorld();
    for (const n of [1, 2, 3, 4, 5, 6, 7]) {
      world.clock.advance(reuseWindowMs);
      world.stored.put(issued(`u${n}`));
    }
    world.stored.put(issued('previous'));
    const current = world.stored.put(issued('current'));

    const { versions } = await readOtherVersions(world.run(), { versionId: current });

    expect(tokensIn(versions)).toEqual(['previous', 'u7', 'u6', 'u5', 'u4', 'u3']);
  });

  it('looks further back while versions came quickly, to the one that was AWSCURRENT five minutes before', async () => {
    const world = await startSeededWorld();
    world.clock.advance(secondMs);
    world.stored.put(issued('before'));
    world.clock.advance(reuseWindowMs);
    for (const n of [1, 2, 3, 4, 5, 6, 7]) {
      world.clock.advance(secondMs);
      world.stored.put(issued(`u${n}`));
    }
    world.stored.put(issued('previous'));
    const current = world.stored.put(issued('current'));

    const { versions } = await readOtherVersions(world.run(), { versionId: current });

    expect(tokensIn(versions)).toEqual([
      'previous',
      ...['u7', 'u6', 'u5', 'u4', 'u3', 'u2', 'u1'],
      'before',
    ]);
  });

  it('looks into fifteen without a label at most, however quickly they came', async () => {
    const world = await startSeededWorld();
    for (let n = 1; n <= 20; n++) world.stored.put(issued(`u${n}`));
    world.stored.put(issued('previous'));
    const current = world.stored.put(issued('current'));

    const { versions } = await readOtherVersions(world.run(), { versionId: current });

    expect(versions).toHaveLength(1 + 15);
  });

  it('leaves out what holds no refresh token or cannot be read', async () => {
    const world = await startSeededWorld();
    world.stored.put('no JSON', ['a']);
    world.stored.put('{}', ['b']);
    const { versionId: current } = await readCurrent(world.run());

    const { versions } = await readOtherVersions(world.run(), { versionId: current });

    expect(versions).toHaveLength(0);
  });

  it('takes the newest of other labels first, in whatever order they are listed', async () => {
    const world = await startSeededWorld();
    for (const name of ['a', 'b', 'c']) {
      world.clock.advance(secondMs);
      world.stored.put(issued(name), [name]);
    }
    const { secretStore } = world.effects;
    const { versionId: current } = await readCurrent(world.run());
    const orders = [
      (ids: readonly string[]) => [...ids].sort(),
      (ids: readonly string[]) => [...ids].sort().reverse(),
    ];

    for (const order of orders) {
      const listing: typeof secretStore = {
        ...secretStore,
        async listVersions(secretId) {
          const listed = await secretStore.listVersions(secretId);
          const labels = order(listed.flatMap(({ stages }) => stages));
          return labels.flatMap((label) => listed.filter(({ stages }) => stages.includes(label)));
        },
      };
      const { versions } = await readOtherVersions(world.run({ secretStore: listing }), {
        versionId: current,
      });
      expect(tokensIn(versions)).toEqual(['c', 'b', 'a']);
    }
  });

  it('sees that AWSCURRENT has moved meanwhile', async () => {
    const world = await startSeededWorld();
    const read = await readCurrent(world.run());
    const moved = world.stored.put(issued('winner'));

    const { versions, listed } = await readOtherVersions(world.run(), read);

    const holder = listed.find(({ stages }) => stages.includes('AWSCURRENT'));
    expect(holder?.versionId).toBe(moved);
    expect(tokensIn(versions)).toEqual(['winner']);
  });
});

describe('reading one version', () => {
  it('gives nothing for one that is gone', async () => {
    const world = await startSeededWorld();

    const version = await readVersion(world.run(), '11111111-2222-3333-4444-555555555555');

    expect(version).toBeUndefined();
  });

  it('fails if it may not be read', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ kind: 'deny' });

    const reading = readVersion(world.run(), String(world.stored.versionOf('AWSCURRENT')));

    await expect(reading).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });
});

function tokensIn(versions: Awaited<ReturnType<typeof readOtherVersions>>['versions']): string[] {
  return versions.flatMap(({ tokens }) => {
    if (tokens.kind === 'issued') return tokens.tokenSet.refreshToken.reveal();
    return tokens.kind === 'seeded' ? tokens.refreshToken.reveal() : [];
  });
}
