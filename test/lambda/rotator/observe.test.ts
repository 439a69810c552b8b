import {
  readCurrent,
  readOtherVersions,
  readParameters,
  readVersion,
} from '../../../lambda/rotator/observe';
import type { LocalWorld } from '../../support/localWorld';
import { secondMs, startMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';

const issued = (refreshToken: string) => ({
  accessToken: 'access',
  refreshToken,
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
});

describe('reading AWSCURRENT', () => {
  it('tells a first refresh token from a token set', async () => {
    const world = await startSeededWorld();
    const seeded = await readCurrent(world.run());
    world.stored.put(issued('refresh'));

    const current = await readCurrent(world.run());

    expect(seeded).toMatchObject({ tokens: { kind: 'seeded' }, createdAtMs: startMs });
    expect(current).toMatchObject({
      versionId: world.stored.versionOf('AWSCURRENT'),
      stages: ['AWSCURRENT'],
      tokens: { kind: 'issued', tokenSet: { issuedAtMs: startMs } },
    });
  });

  it.each(['{}', '{"refreshToken":""}', '{"placeholder":true}'])(
    'counts %s as not seeded',
    async (text) => {
      const world = await startSeededWorld();
      world.stored.put(text);

      const current = await readCurrent(world.run());

      expect(current.tokens).toEqual({ kind: 'notSeeded' });
    },
  );

  it.each([
    ['no JSON', 'canary-token', 'is not JSON'],
    ['no object', '"canary-token"', 'must be a JSON object'],
    ['a number', '{"refreshToken":1}', 'has a member refreshToken that must be a string'],
    ['no time', '{"expiresAt":"soon"}', 'has a member expiresAt that must be an ISO 8601 time'],
  ])('refuses %s by member and with the remedy', async (_, text, problem) => {
    const world = await startSeededWorld();
    world.stored.put(text);

    const reading = readCurrent(world.run());

    await expect(reading).rejects.toMatchObject({
      code: 'InvalidConfig',
      message:
        `Connection "acme": the secret sfmc/acme ${problem}. Nothing was sent or overwritten. ` +
        'Store a token set, or {"refreshToken":"..."}, in it.',
    });
  });
});

describe('an AWSCURRENT that is older than what the container has seen', () => {
  const at = (minute: string, refreshToken: string) => ({
    ...issued(refreshToken),
    issuedAt: `2026-11-24T08:${minute}:00.000Z`,
  });

  it('is read again: it may be a stale read', async () => {
    const world = await startSeededWorld();
    world.stored.put(at('01', 'older'));
    const newest = world.stored.put(at('02', 'newer'));
    await readCurrent(world.run());
    world.aws.orderFault({ operation: 'GetSecretValue', kind: 'staleRead' });

    const current = await readCurrent(world.run());

    expect(current.versionId).toBe(newest);
    expect(world.requests).toHaveLength(3);
  });

  it('is believed when it stays so: somebody has put it back', async () => {
    const world = await startSeededWorld();
    world.stored.put(at('02', 'newer'));
    await readCurrent(world.run());
    const older = world.stored.put(at('01', 'older'));

    const current = await readCurrent(world.run());
    world.clearRequests();
    await readCurrent(world.run());

    expect(current.versionId).toBe(older);
    expect(world.requests).toHaveLength(1);
  });
});

describe('reading the parameters', () => {
  it('takes config and client secret, in one call', async () => {
    const world = await startSeededWorld();

    const parameters = await readParameters(world.run());

    expect(parameters.config).toEqual({
      authBaseUrl: world.provider.url,
      clientId: world.provider.clientId,
      onBrokenChain: 'alarm',
    });
    expect(secretsIn(parameters)).toEqual([world.provider.clientSecret]);
    expect(parameters).toMatchObject({ escrow: undefined, escrowPresent: false });
    expect(world.requests).toEqual(['GetParameters']);
  });

  it('takes the staged secret after the first, white space around either left out', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('client-secret', ' first\n');
    world.stored.putParameter('client-secret-next', '\tstaged ');

    const parameters = await readParameters(world.run());

    expect(secretsIn(parameters)).toEqual(['first', 'staged']);
  });

  it('takes a staged secret that is the first one for none', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('client-secret-next', world.provider.clientSecret);

    const parameters = await readParameters(world.run());

    expect(secretsIn(parameters)).toEqual([world.provider.clientSecret]);
  });

  it('takes the token set in the escrow', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', JSON.stringify(issued('parked')));

    const { escrow, escrowPresent } = await readParameters(world.run());

    expect(escrow?.refreshToken.reveal()).toBe('parked');
    expect(escrowPresent).toBe(true);
  });

  it.each([
    ['no JSON', 'canary-token', 'is not JSON'],
    ['no token set', '{"refreshToken":"canary-token"}', 'holds no token set'],
    ['a wrong type', '{"accessToken":5}', 'has a member accessToken that must be a string'],
  ])('leaves an escrow out that holds %s, with a warning', async (_, text, problem) => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', text);

    const parameters = await readParameters(world.run());

    expect(parameters).toMatchObject({ escrow: undefined, escrowPresent: true });
    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'The escrow cannot be read and is left out',
        fields: { parameter: '/sfmc/acme/escrow', problem },
      },
    ]);
    expect(world.said()).not.toContain('canary');
  });

  it.each([
    ['config', 'does not exist', 'a String', (world) => world.stored.deleteParameter('config')],
    [
      'client-secret',
      'does not exist',
      'a SecureString',
      (world) => world.stored.deleteParameter('client-secret'),
    ],
    [
      'client-secret',
      'is empty',
      'a SecureString',
      (world) => world.stored.putParameter('client-secret', ' '),
    ],
  ] satisfies [string, string, string, (world: LocalWorld) => void][])(
    'says that %s %s, where, and to put it there as %s',
    async (leaf, problem, type, spoil) => {
      const world = await startSeededWorld();
      spoil(world);

      const reading = readParameters(world.run());

      await expect(reading).rejects.toMatchObject({
        code: 'InvalidConfig',
        message:
          `Connection "acme": the parameter /sfmc/acme/${leaf} ${problem} in us-east-1. ` +
          `Put it there as ${type}.`,
      });
    },
  );
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

    const { versions, currentVersionId } = await readOtherVersions(world.run(), {
      versionId: current,
    });

    expect(tokensIn(versions)).toEqual([
      'pending',
      'previous',
      'salvaged',
      'u2',
      'u1',
      world.provider.refreshToken,
    ]);
    expect(versions.slice(3, 5).map(({ versionId }) => versionId)).toEqual(unlabelled.reverse());
    expect(currentVersionId).toBe(current);
  });

  it('looks into the five newest of those without a label', async () => {
    const world = await startSeededWorld();
    for (const n of [1, 2, 3, 4, 5, 6, 7]) {
      world.clock.advance(secondMs);
      world.stored.put(issued(`u${n}`));
    }
    world.stored.put(issued('previous'));
    const current = world.stored.put(issued('current'));

    const { versions } = await readOtherVersions(world.run(), { versionId: current });

    expect(tokensIn(versions)).toEqual(['previous', 'u7', 'u6', 'u5', 'u4', 'u3']);
  });

  it('leaves out what holds no refresh token or cannot be read', async () => {
    const world = await startSeededWorld();
    world.stored.put('no JSON', ['a']);
    world.stored.put('{}', ['b']);
    const { versionId: current } = await readCurrent(world.run());

    const { versions } = await readOtherVersions(world.run(), { versionId: current });

    expect(versions).toEqual([]);
  });

  it('tells where AWSCURRENT has moved meanwhile', async () => {
    const world = await startSeededWorld();
    const read = await readCurrent(world.run());
    const moved = world.stored.put(issued('winner'));

    const { versions, currentVersionId } = await readOtherVersions(world.run(), read);

    expect(currentVersionId).toBe(moved);
    expect(tokensIn(versions)).toEqual(['winner']);
  });
});

describe('reading one version', () => {
  it('gives nothing for one that is gone', async () => {
    const world = await startSeededWorld();

    const version = await readVersion(world.run(), '11111111-2222-3333-4444-555555555555');

    expect(version).toBeUndefined();
  });

  it('fails where it may not be read', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ kind: 'deny' });

    const reading = readVersion(world.run(), String(world.stored.versionOf('AWSCURRENT')));

    await expect(reading).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });
});

const secretsIn = ({ clientSecrets }: Awaited<ReturnType<typeof readParameters>>) =>
  clientSecrets.map((secret) => secret.reveal());

function tokensIn(versions: Awaited<ReturnType<typeof readOtherVersions>>['versions']): string[] {
  return versions.flatMap(({ tokens }) => {
    if (tokens.kind === 'issued') return tokens.tokenSet.refreshToken.reveal();
    return tokens.kind === 'seeded' ? tokens.refreshToken.reveal() : [];
  });
}
