import { Redacted } from '../../../../lambda/core/redacted';
import type { LocalWorld } from '../../../support/localWorld';
import { startSeededWorld } from '../../../support/startWorld';
import { refresh } from './requests';

describe('an answer without a refresh token', () => {
  it('is asked for again with the same token', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' });

    const exchanged = await refresh(world);

    expect(exchanged).toMatchObject({
      grant: { refreshToken: expect.any(Redacted) },
      isOnlyUse: false,
    });
    const [first, second, ...more] = world.tokenRequests().map(({ fingerprint }) => fingerprint);
    expect(more).toEqual([]);
    expect(second).toBe(first);
  });

  it('is taken as it is the fourth time', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' }, 9);

    const exchanged = await refresh(world);

    expect(exchanged.kind === 'granted' && exchanged.grant.refreshToken).toBe(undefined);
    expect(world.tokenRequests()).toHaveLength(4);
  });

  it('is asked for four times though other failures came before it', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'internal', consumed: true }, 3);
    world.provider.orderFault({ kind: 'noRefreshToken' });

    const exchanged = await refresh(world);

    expect(exchanged).toMatchObject({ grant: { refreshToken: expect.any(Redacted) } });
    expect(world.tokenRequests()).toHaveLength(5);
  });

  it('serves if all that follows is refused', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' });
    world.provider.orderFault({ kind: 'status', status: 400 }, 99);

    const exchanged = await refresh(world);

    expect(exchanged.kind).toBe('granted');
  });
});

describe('the successor in an answer that is of no other use', () => {
  const successor = (world: LocalWorld) => world.provider.model.refreshTokens().at(-1)?.token;

  it.each([
    ['every answer is like that', { kind: 'wrongTypes', member: 'accessToken' }],
    ['the later ones say less', { kind: 'internal', consumed: false }],
    ['the later ones refuse the request', { kind: 'status', status: 400 }],
  ] as const)('is kept as a version of its own if %s', async (_, later) => {
    const world = await startSeededWorld();
    const current = world.stored.versionOf('AWSCURRENT');
    world.provider.orderFault({ kind: 'wrongTypes', member: 'accessToken' });
    world.provider.orderFault(later, 99);

    await expect(refresh(world)).rejects.toThrow('Connection "acme"');

    expect(world.stored.salvaged()).toBe(successor(world));
    expect(world.stored.versionOf('AWSCURRENT')).toBe(current);
    expect(world.telemetry.warnings()).toEqual([
      'Kept the refresh token of an answer that could not be used otherwise',
    ]);
  });

  it.each(['same-successor', 'another-successor'] as const)(
    'goes with the access token of a later one that lacks any, if a second use gives %s',
    async (secondUse) => {
      const world = await startSeededWorld({ secondUse });
      world.provider.orderFault({ kind: 'wrongTypes', member: 'accessToken' });
      world.provider.orderFault({ kind: 'noRefreshToken' }, 99);

      const exchanged = await refresh(world);

      const [, first] = world.provider.model.refreshTokens();
      expect(exchanged).toMatchObject({ kind: 'granted', isOnlyUse: false });
      const granted = exchanged.kind === 'granted' ? exchanged.grant.refreshToken : undefined;
      expect(granted?.reveal()).toBe(first?.token);
    },
  );
});
