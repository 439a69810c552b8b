import type { ProviderFault } from '../../../../local/provider/faults';
import { whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { posts } from './invocations';

/** An answer that is the true one except for this. */
const odd = (valid: object): ProviderFault => ({
  kind: 'exchange',
  takenUp: 'now',
  answer: { valid },
});
const oddWarning = 'The answer is odd, and was taken';

describe('an answer that is odd but legible is taken at once', () => {
  it.each([
    ['a byte order mark before it', odd({ byteOrderMark: true }), undefined],
    [
      'members that nobody knows',
      odd({ members: { tokenType: 'Bearer', scope: null } }),
      undefined,
    ],
    [
      'its life as a text of digits',
      odd({ members: { expiresIn: '3600' } }),
      'expiresIn is a text of digits',
    ],
    ['no life', odd({ without: ['expiresIn'] }), 'expiresIn is absent; 3600 is taken'],
    ...['soon', '-5', -3_600, 0].map((expiresIn): [string, ProviderFault, string] => [
      `a life that makes no sense: ${JSON.stringify(expiresIn)}`,
      odd({ members: { expiresIn } }),
      'expiresIn makes no sense; 3600 is taken',
    ]),
    ['a life of null', odd({ members: { expiresIn: null } }), 'expiresIn is absent; 3600 is taken'],
    ['blanks around its tokens', odd({ members: { legacyToken: ' legacy\n' } }), undefined],
  ] satisfies [string, ProviderFault, string | undefined][])(
    'with %s',
    async (_, fault, oddity) => {
      const world = await startDueWorld();
      const expiresAtMs = world.clock.now() + 60 * minuteMs;
      world.provider.orderFault(fault);

      const result = await world.rotate();

      expect(result).toMatchObject({
        outcome: 'rotated',
        expiresAt: new Date(expiresAtMs).toISOString(),
      });
      expect(posts(world)).toHaveLength(1);
      const warned = world.telemetry.lines.filter(({ message }) => message === oddWarning);
      expect(warned.map(({ fields }) => fields.oddity)).toEqual(
        oddity === undefined ? [] : [oddity],
      );
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('and stays so however long it does', async () => {
    const world = await startDueWorld();
    world.provider.orderFault(odd({ byteOrderMark: true, members: { expiresIn: '3600' } }), 999);

    for (let rotations = 0; rotations < 4; rotations++) {
      expect((await world.rotate()).outcome).toBe('rotated');
      world.clock.advance(25 * minuteMs);
    }

    expect(posts(world)).toHaveLength(4);
    expect(world.chainState()).toEqual(whole);
  });
});

it.each([
  ['a control character', 'a\u0007b'],
  ['a line break', 'a\nb'],
  ['what is no ASCII', 'tökén'],
])('an access token that no HTTP header can carry is never stored: %s', async (_, accessToken) => {
  const world = await startDueWorld();
  world.provider.orderFault(odd({ members: { accessToken } }));

  const result = await world.rotate();

  expect(result.outcome).toBe('rotated');
  expect(world.stored.current().accessToken).toMatch(/^[\x21-\x7e]+$/);
  expect(world.chainState()).toEqual(whole);
});
