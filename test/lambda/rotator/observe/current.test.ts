import { readCurrent } from '../../../../lambda/rotator/observe';
import { startMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';

const issued = (refreshToken: string) => ({
  accessToken: 'access',
  refreshToken,
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
});

describe('reading AWSCURRENT', () => {
  it('distinguishes a first refresh token from a token set', async () => {
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

  it.each([
    ['a byte order mark', '\uFEFF{"refreshToken":"first"}'],
    ['a line break behind the token', '{"refreshToken":"first\\n"}'],
    ['another spelling of the member', '{"refresh_token":"first"}'],
    ['capitals', '{"RefreshToken":"first"}'],
    ['a time that makes no sense', '{"refreshToken":"first","expiresAt":"soon"}'],
    ['an access token of another type', '{"refreshToken":"first","accessToken":1}'],
  ])('takes the first refresh token with %s', async (_, text) => {
    const world = await startSeededWorld();
    world.stored.put(text);

    const { tokens } = await readCurrent(world.run());

    expect(tokens.kind === 'seeded' && tokens.refreshToken.reveal()).toBe('first');
  });

  it.each(['{}', '{"refreshToken":""}', '{"refreshToken":" \\n"}', '{"placeholder":true}'])(
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
    [
      'a number',
      '{"refreshToken":1}',
      'has a member refreshToken that must be a text of visible ASCII characters',
    ],
    [
      'a control character',
      '{"refreshToken":"a\\u0007b"}',
      'has a member refreshToken that must be a text of visible ASCII characters',
    ],
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

it('a secret without any value counts as not seeded', async () => {
  const world = await startSeededWorld();
  const { secretStore } = world.effects;
  const empty: typeof secretStore = { ...secretStore, readCurrent: async () => undefined };

  const current = await readCurrent(world.run({ secretStore: empty }));

  const { text, ...rest } = current;
  expect(rest).toEqual({
    versionId: '',
    stages: [],
    createdAtMs: 0,
    tokens: { kind: 'notSeeded' },
  });
  expect(text.reveal()).toBe('');
});

describe('an AWSCURRENT that this environment has seen replaced', () => {
  it('is read again: it may be a stale read', async () => {
    const world = await startSeededWorld();
    const replaced = world.stored.put(issued('older'));
    const newest = world.stored.put(issued('newer'));
    const run = world.run();
    run.memory.replaced = [replaced];
    world.aws.orderFault({ operation: 'GetSecretValue', kind: 'staleRead', calls: 2 });

    const current = await readCurrent(run);

    expect(current.versionId).toBe(newest);
    expect(world.requests).toHaveLength(3);
  });

  it('is believed when it stays so: somebody has put it back', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    run.memory.replaced = [world.stored.put(issued('older'))];

    const current = await readCurrent(run);
    expect(world.requests).toHaveLength(3);
    expect(run.memory.replaced).toEqual([]);
    world.clearRequests();
    await readCurrent(run);

    expect(current.versionId).toBe(world.stored.versionOf('AWSCURRENT'));
    expect(world.requests).toHaveLength(1);
  });
});
