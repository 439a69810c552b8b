import type { Exchange } from '../../../../local/provider/faults';
import { fingerprint as digestOf } from '../../../../local/provider/fingerprint';
import { secondUses } from '../../../../local/provider/refreshTokens';
import { dealt } from '../../../support/dealt';
import { LambdaWorld } from '../../../support/lambdaWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { StoredConnection } from '../../../support/storedConnection';
import { deliverUntilDone, hurried } from './queueOfOne';

type Answer = Exchange['answer'];

const html = '<!DOCTYPE html><html><body>Access denied</body></html>';
const exchange = (takenUp: Exchange['takenUp'], answer: Answer): Exchange => ({
  kind: 'exchange',
  of: 'refresh',
  takenUp,
  answer,
});
const own = (status: number, errorcode: number): Answer => ({
  status,
  body: JSON.stringify({ message: 'Unauthorized', errorcode, documentation: '' }),
});
const refreshes = ({ provider }: LambdaWorld) =>
  provider.requests.filter(
    ({ path, hadRefreshToken }) => path === '/v1/requestToken' && hadRefreshToken,
  );

/** Whether the stored refresh token is accepted, now and after any five minutes. */
function isWhole(world: LambdaWorld, stored: { current(): { refreshToken?: string } }): boolean {
  const { refreshToken = '' } = stored.current();
  return world.provider.model.accepts(refreshToken, world.now() + 10 * minuteMs);
}

describe('an answer that is odd and legible is taken', () => {
  it.each<[string, Answer, number]>([
    ['with a byte order mark', { valid: { byteOrderMark: true } }, 3600],
    ['with its life as a text of digits', { valid: { members: { expiresIn: '3600' } } }, 3600],
    ['without its life', { valid: { without: ['expiresIn'] } }, 3600],
    ['with a life that makes no sense', { valid: { members: { expiresIn: 'soon' } } }, 3600],
    ['with a short life', { valid: { members: { expiresIn: 2400 } } }, 2400],
    ['with a legacy token of a wrong type', { valid: { members: { legacyToken: 7 } } }, 3600],
  ])('%s, at the first attempt', async (_, answer, lifeSeconds) => {
    const world = await LambdaWorld.start();
    const stored = world.connect('acme');
    const before = refreshes(world).length;
    world.provider.orderFault(exchange('now', answer));

    expect(await world.deliver('acme')).toBe('done');

    const { issuedAt = '', expiresAt = '' } = stored.current();
    expect(Date.parse(expiresAt) - Date.parse(issuedAt)).toBe(lifeSeconds * secondMs);
    expect(refreshes(world)).toHaveLength(before + 1);
    expect(isWhole(world, stored)).toBe(true);
  });

  it('is not taken for more than it is: a token set that lives longer stays beside the new refresh token', async () => {
    const world = await LambdaWorld.start();
    const stored = world.connect('acme');
    const { accessToken, expiresAt, refreshToken } = stored.current();
    world.provider.orderFault(exchange('now', { valid: { members: { expiresIn: 1 } } }));

    expect(await world.deliver('acme')).toBe('done');

    expect(stored.current()).toMatchObject({ accessToken, expiresAt });
    expect(stored.current().refreshToken).not.toBe(refreshToken);
    expect(isWhole(world, stored)).toBe(true);
  });
});

/** What may stand in front of the provider. */
const fronts: readonly [string, Answer][] = [
  ['a firewall, HTTP 403', { status: 403, body: html }],
  ['a proxy of another host, HTTP 404', { status: 404, body: html }],
  ['a redirect to a login', { status: 302, headers: { location: '/login' }, body: '' }],
  ['a bad gateway', { status: 502, body: html }],
  ['HTTP 451', { status: 451, body: html }],
  ['a proxy that wants authentication', { status: 407, body: html }],
  ['HTTP 401 in HTML', { status: 401, body: html }],
  ['HTTP 400 in JSON of another shape', { status: 400, body: '{"error":"bad"}' }],
  ['a rate limit of a minute', { status: 429, retryAfter: { seconds: 60 }, body: html }],
  [
    'a rate limit until a date',
    { status: 429, retryAfter: { seconds: 90, as: 'date' }, body: html },
  ],
];

describe.each(secondUses)('if a second use gives %s, an answer that is lost', (secondUse) => {
  const hand = secondUses.indexOf(secondUse);

  it.each(dealt(fronts, hand, secondUses.length))(
    'is made up for though %s stands in front for 200 seconds',
    async (_, answer) => {
      const world = await LambdaWorld.start({ secondUse });
      const stored = world.connect('acme');
      const { refreshToken } = stored.current();
      world.provider.orderFault(exchange('now', 'closed'));
      world.provider.orderFault(exchange('never', answer), { forMs: 200 * secondMs });

      const { ended } = await deliverUntilDone(world);

      expect(ended).toBe('done');
      expect(stored.current().refreshToken).not.toBe(refreshToken);
      expect(isWhole(world, stored)).toBe(true);
    },
  );

  it('behind three errors and before one answer without a refresh token', async () => {
    const world = await LambdaWorld.start({ secondUse });
    const stored = world.connect('acme');
    world.provider.orderFault(exchange('never', own(500, 0)), 3);
    world.provider.orderFault(exchange('now', { valid: { without: ['refreshToken'] } }));

    const { ended } = await deliverUntilDone(world);

    expect(ended).toBe('done');
    expect(isWhole(world, stored)).toBe(true);
  });

  it('is made up for by a forced rotation of a fresh token as well', async () => {
    const world = await LambdaWorld.start({ secondUse });
    const stored = world.connect('acme', { ageMs: 5 * minuteMs });
    world.provider.orderFault(exchange('now', 'closed'), 12);

    const { ended } = await deliverUntilDone(world, { force: true });

    expect(ended).toBe('done');
    expect(isWhole(world, stored)).toBe(true);
  });
});

describe('a refusal', () => {
  it('that is not about the token is asked about again, and nothing is given up', async () => {
    const world = await LambdaWorld.start();
    const stored = world.connect('acme', { onBrokenChain: 'reissue' });
    const { refreshToken = '' } = stored.current();
    world.provider.orderFault(exchange('never', own(401, 1)));

    const { ended } = await deliverUntilDone(world);

    expect(ended).toBe('done');
    expect(isWhole(world, stored)).toBe(true);
    // Its successor, and no other chain's first token.
    expect(
      refreshes(world).filter(({ fingerprint }) => fingerprint === digestOf(refreshToken)),
    ).toHaveLength(2);
  });

  it.each([400, 401, 403])('of an enhanced package, with HTTP %d, names that', async (status) => {
    const world = await LambdaWorld.start();
    world.connect('acme');
    world.provider.orderFault(
      { ...exchange('never', own(status, 10007)), of: undefined } as Exchange,
      { forMs: 60 * minuteMs },
    );

    await expect(
      hurried(world, () => world.lambda.invoke({ connection: 'acme' })),
    ).rejects.toMatchObject({
      errorType: 'InvalidConfig',
      errorMessage: expect.stringMatching(/errorcode 10007 .*enhanced package/),
    });
  });
});

it('a connection that was never seeded waits, and sends nothing', async () => {
  const world = await LambdaWorld.start();
  const stored = new StoredConnection(world.aws, 'acme');
  stored.put('{}');

  const result = await world.lambda.invoke({ connection: 'acme' });
  const delivered = await world.deliver('acme');

  expect(result).toEqual({ connection: 'acme', outcome: 'waiting' });
  expect(delivered).toBe('done');
  expect(world.provider.requests).toEqual([]);
});
