import type { Facts } from '../../../lambda/core/facts';
import type { EventBus } from '../../../lambda/effects/eventBus';
import { finish } from '../../../lambda/rotator/finish';
import type { Run } from '../../../lambda/rotator/run';
import { minuteMs, startMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';
import { dead, factsOf, issued, notSeeded, seeded, versionOf } from '../core/facts';

const issuedAt = (ms: number) => ({
  ...issued('current'),
  issuedAtMs: ms,
  expiresAtMs: ms + 60 * minuteMs,
});
const current = versionOf(issuedAt(startMs - 20 * minuteMs));

/** Ends a rotation that began a second ago. */
async function end(
  outcome: Parameters<typeof finish>[2]['outcome'],
  facts: Partial<Facts> = {},
  { leavesOpen = false, prepare = (_: Run): void => undefined } = {},
) {
  const world = await startSeededWorld();
  const put: unknown[] = [];
  const events: EventBus = { put: async (event) => void put.push(event) };
  const run = { ...world.run(), events };
  prepare(run);
  const decision = { do: 'finish', outcome, leavesOpen } as const;
  const result = await finish(run, factsOf({ current, ...facts }), decision, startMs - 1_000);
  return { run, result, put, ...world.telemetry };
}

describe('a rotation that has ended', () => {
  const measured = { secondsToExpiry: 2_400, refreshTokenAgeSeconds: 1_200, durationMs: 1_000 };
  const found = {
    connection: 'acme',
    outcome: 'fresh',
    expiresAt: new Date(startMs + 40 * minuteMs).toISOString(),
    versionId: 'version',
  };

  it('says how, until when its access token lives and how long it took', async () => {
    const { result, lines, gauges, counted, put, run } = await end('fresh');

    expect(result).toEqual(found);
    expect(lines).toEqual([
      { level: 'info', message: 'Rotation finished', fields: { ...found, ...measured } },
    ]);
    expect(gauges).toEqual([{ connection: 'acme', ...measured }]);
    expect([counted, put]).toEqual([[], []]);
    expect(run.memory.expiresAtMs).toBe(startMs + 40 * minuteMs);
  });

  it('says how often and how long it asked the provider, if it did', async () => {
    const { lines } = await end(
      'rotated',
      {},
      {
        prepare: ({ progress }) => Object.assign(progress, { attempts: 2, providerMs: 1_234.5 }),
      },
    );

    expect(lines[0]?.fields).toMatchObject({ providerAttempts: 2, providerMs: 1_235 });
  });

  it('counts what only has a refresh token as expired', async () => {
    const { result } = await end('fresh', { current: versionOf(seeded('first')) });

    expect(result).toMatchObject({ expiresAt: new Date(startMs).toISOString() });
  });

  it('that left an open end counts and names it', async () => {
    const { lines, counted } = await end('fresh', {}, { leavesOpen: true });

    expect(counted).toEqual(['LeftOpen']);
    expect(lines[0]).toEqual({
      level: 'warn',
      message: 'An open end is not confirmed: the secret has had too many versions today',
      fields: { versionId: 'version' },
    });
  });

  it.each([
    ['rotated', ['Rotated'], []],
    ['recovered', ['Recovered'], ['recovered']],
    ['reissued', ['Reissued'], ['reissued']],
  ] as const)('that has %s counts and tells it', async (outcome, events, told) => {
    const { counted, put } = await end(outcome);

    expect(counted).toEqual(events);
    expect(put).toEqual(told.map((each) => ({ ...found, outcome: each })));
  });

  it('that finds no refresh token waits, and says what to do', async () => {
    const { result, lines, gauges } = await end('waiting', { current: versionOf(notSeeded) });

    expect(result).toEqual({ connection: 'acme', outcome: 'waiting' });
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Waiting for the first refresh token',
        fields: { outcome: 'waiting', remedy: 'npm run ops -- seed acme' },
      },
    ]);
    expect(gauges).toEqual([]);
  });

  it('warns of nothing if there is no event bus', async () => {
    const world = await startSeededWorld();
    const decision = { do: 'finish', outcome: 'recovered', leavesOpen: false } as const;

    await finish(world.run(), factsOf({ current }), decision, startMs);

    expect(world.telemetry.warnings()).toEqual([]);
  });
});

describe('a chain that was broken', () => {
  const brokenSinceMs = startMs - 60 * minuteMs;
  const brokenSince = new Date(brokenSinceMs).toISOString();
  const prepare = ({ memory }: Run) =>
    Object.assign(memory, { brokenSinceMs, isBrokenReported: true });

  it.each([
    ['a token that nobody refuses', current],
    ['nothing any more', versionOf(notSeeded)],
  ])('is whole again once AWSCURRENT holds %s', async (_, version) => {
    const { put, counted, lines, run } = await end('fresh', { current: version }, { prepare });

    expect(put).toEqual([expect.objectContaining({ outcome: 'whole', brokenSince })]);
    expect(counted).toEqual(['Recovered']);
    expect(lines[0]).toEqual({
      level: 'info',
      message: 'The chain is whole again',
      fields: { brokenSince },
    });
    expect(run.memory).not.toHaveProperty('brokenSinceMs');
    expect(run.memory).not.toHaveProperty('isBrokenReported');
  });

  it('stays so while its token is dead, though the access token is fresh', async () => {
    const { put, counted, run } = await end('fresh', dead('current'), { prepare });

    expect([put, counted]).toEqual([[], []]);
    expect(run.memory).toMatchObject({ brokenSinceMs, isBrokenReported: true });
  });
});
