import { refusal } from '../../../../local/provider/answers';
import type { WholeAnswer } from '../../../../local/provider/faults';
import { secondUses } from '../../../../local/provider/refreshTokens';
import { dealt } from '../../../support/dealt';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { answeringAfter, dieBeforeStoring } from './invocations';

const html = '<!doctype html><html><body>Request blocked</body></html>';
const front = (status: number, headers: Record<string, string> = {}): WholeAnswer => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: html,
});

/** A first answer that is lost though the request was taken up, then the same to all for so long. */
function loseThenAnswer({ provider }: LocalWorld, answer: WholeAnswer, forMs: number): void {
  provider.orderFault({ kind: 'dropAfter' });
  provider.orderFault({ kind: 'exchange', takenUp: 'never', answer }, { forMs });
}

const answers: [string, WholeAnswer][] = [
  ['403 of a firewall', front(403)],
  ['404 of a load balancer', front(404)],
  ['302 to a login page', front(302, { location: 'https://sso.example.com/' })],
  ['400 of a load balancer', front(400)],
  ['451 of a firewall', front(451)],
  ['407 of a proxy', front(407, { 'proxy-authenticate': 'Basic' })],
  ['401 in HTML', front(401, { 'www-authenticate': 'Basic' })],
  ['401 in JSON of another shape', { status: 401, body: '{"error":"unauthorized"}' }],
  ['200 that is a maintenance page', front(200)],
  ['502 without a body', { status: 502, body: '' }],
];

describe.each(secondUses)('after a lost answer, if a second use gives %s', (secondUse) => {
  const hand = secondUses.indexOf(secondUse);

  it.each(dealt(answers, hand, secondUses.length))(
    'a %s for 200 s is no verdict: the rotation is done inside the five minutes',
    async (_, answer) => {
      const world = await startDueWorld({ secondUse });
      const startedAtMs = world.clock.now();
      loseThenAnswer(world, answer, 200 * secondMs);

      const { result, failures } = await world.deliver();

      expect(result?.outcome).toBe('rotated');
      expect(new Set(failures)).toEqual(new Set(['ProviderUnavailable']));
      expect(world.clock.now() - startedAtMs).toBeLessThan(5 * minuteMs);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it.each(dealt([400, 403, 404, 401], hand, 2))(
    "a %d in the provider's own words, while it is in trouble for 200 s, is asked about again",
    async (status) => {
      const world = await startDueWorld({ secondUse });
      loseThenAnswer(world, refusal(status, status === 401 ? 1 : 0), 200 * secondMs);

      const { result } = await world.deliver();

      expect(result?.outcome).toMatch(/^(rotated|recovered)$/);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('a wait of a minute that is asked for until 200 s is cut short each time for one attempt', async () => {
    const world = await startDueWorld({ secondUse });
    const startedAtMs = world.clock.now();
    loseThenAnswer(world, refusal(429, 50100, { seconds: 60 }), 200 * secondMs);

    const { result } = await world.deliver();

    expect(result?.outcome).toBe('rotated');
    expect(world.clock.now() - startedAtMs).toBeLessThan(5 * minuteMs);
    expect(world.chainState()).toEqual(whole);
  });

  it('503 until 215 s after two deaths loses nothing', async () => {
    const world = await startDueWorld({ secondUse });
    const sentAtMs = world.clock.now();
    const forMs = 215 * secondMs;
    await dieBeforeStoring(world);
    world.clock.advance(minuteMs);
    await dieBeforeStoring(world, { receiveCount: 2, sentAtMs });
    world.clock.advance(minuteMs);
    const leftMs = sentAtMs + forMs - world.clock.now();
    const fault = { kind: 'exchange', takenUp: 'never', answer: front(503) } as const;
    world.provider.orderFault(fault, { forMs: leftMs });

    const { result } = await world.deliver({ receiveCount: 3, sentAtMs });

    expect(result?.outcome).toMatch(/^(rotated|recovered)$/);
    expect(world.clock.now() - sentAtMs).toBeLessThan(5 * minuteMs);
    expect(world.chainState()).toEqual(whole);
  });
});

it('a provider that takes 8.5 s for each answer, for 8 minutes, is waited for', async () => {
  const world = await startDueWorld();

  const { result } = await world.deliver({}, answeringAfter(world, 8_500, 8 * minuteMs));

  expect(result?.outcome).toBe('rotated');
  expect(world.chainState()).toEqual(whole);
});

it.each([9_000, 15_000, 20_000])(
  'a provider that takes %d ms for each answer does not lose the chain',
  async (answerMs) => {
    const world = await startDueWorld({ secondUse: 'revokes-first' });

    const { result } = await world.deliver({}, answeringAfter(world, answerMs));

    expect(result).toBeDefined();
    expect(world.chainState()).toEqual(whole);
  },
);
