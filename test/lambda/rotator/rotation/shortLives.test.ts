import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { posts } from './invocations';

const shortLifeWarning = 'Access tokens live shorter than usual: they are renewed so much sooner';

/** Every access token from now on lives so long. */
function shorten({ provider }: LocalWorld, expiresIn: number): void {
  const answer = { valid: { members: { expiresIn } } };
  provider.orderFault({ kind: 'exchange', takenUp: 'now', answer }, 9_999);
}

/** As the schedule keeps a connection for so long; returns how often readers had no valid token. */
async function keepFor(world: LocalWorld, hours: number): Promise<number> {
  let starved = 0;
  for (let tick = 0; tick < hours * 12; tick++) {
    await world.rotate();
    world.clock.advance(5 * minuteMs);
    const { expiresAt = '' } = world.stored.current();
    if (Date.parse(expiresAt) <= world.clock.now()) starved += 1;
  }
  return starved;
}

/** The versions of rotations every 15 minutes, which is the pace that such lives ask for. */
function passHours({ stored, clock }: LocalWorld, hours: number, expiresIn: number): void {
  for (let rotations = 0; rotations < hours * 4; rotations++) {
    const nowMs = clock.now();
    const [issuedAt, expiresAt] = [nowMs, nowMs + expiresIn * secondMs].map((ms) =>
      new Date(ms).toISOString(),
    );
    stored.put({ ...stored.current(), ...(issuedAt && expiresAt && { issuedAt, expiresAt }) });
    clock.advance(15 * minuteMs);
  }
}

describe('an access token that lives shorter than usual', () => {
  it.each([
    [2_400, 2 * 800],
    [1_200, 2 * 400],
  ])('(%d s) is renewed when two thirds of its life are left', async (seconds, dueBelowSeconds) => {
    const world = await startDueWorld();
    // What was written before is out of the day's budget.
    world.clock.advance(25 * 60 * minuteMs);
    shorten(world, seconds);
    await world.rotate();
    const ageMs = (seconds - dueBelowSeconds) * secondMs;
    world.clock.advance(ageMs - secondMs);
    const before = (await world.rotate()).outcome;
    world.clock.advance(2 * secondMs);

    const after = (await world.rotate()).outcome;

    expect([before, after]).toEqual(['fresh', 'rotated']);
  });

  it.each([1_200, 60])(
    '(%d s) is renewed within what Secrets Manager keeps of versions a day',
    async (seconds) => {
      const world = await startDueWorld();
      world.clock.advance(40 * minuteMs);
      shorten(world, seconds);
      await keepFor(world, 2);
      passHours(world, 20, seconds);

      const starved = await keepFor(world, 4);

      expect(starved).toBe(seconds === 1_200 ? 0 : 48);
      expect(posts(world).length).toBeGreaterThanOrEqual(12);
      expect(world.chainState().chain).toBe('alive');
    },
  );

  it('is renewed by first uses: a message that has found it too young has used nothing', async () => {
    const world = await startDueWorld();
    world.clock.advance(25 * 60 * minuteMs);
    shorten(world, 1_200);
    await world.rotate();
    world.clock.advance(60 * minuteMs);
    await keepFor(world, 1);
    world.clearRequests();
    const versions = world.stored.versionCount();

    await keepFor(world, 1);

    expect(posts(world)).toHaveLength(4);
    expect(world.requests).not.toContain('UpdateSecretVersionStage');
    expect(world.stored.versionCount()).toBe(versions + 4);
    expect(world.chainState()).toEqual(whole);
  });

  it('is reported once, not at every rotation', async () => {
    const world = await startDueWorld();
    shorten(world, 1_800);

    await keepFor(world, 3);

    const warnings = world.telemetry.lines.filter(({ message }) => message === shortLifeWarning);
    expect(warnings).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ lifeSeconds: 1_800 }) }),
    ]);
  });

  it.each([1, 60])(
    '(%d s) replaces none that still lives longer, and the chain goes on',
    async (seconds) => {
      const world = await startDueWorld();
      const { accessToken, legacyToken, expiresAt, refreshToken } = world.stored.current();
      shorten(world, seconds);

      await world.rotate();

      expect(world.stored.current()).toMatchObject({ accessToken, legacyToken, expiresAt });
      expect(world.stored.current().refreshToken).not.toBe(refreshToken);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('of a second replaces none whose dates are by a wrong clock, and is dated as the new one', async () => {
    const world = await startDueWorld();
    const { accessToken, legacyToken, refreshToken } = world.stored.current();
    const [issuedAt, expiresAt] = [3, 4].map((hours) =>
      new Date(world.clock.now() + hours * 60 * minuteMs).toISOString(),
    );
    world.stored.put({
      ...world.stored.current(),
      ...(issuedAt && expiresAt && { issuedAt, expiresAt }),
    });
    shorten(world, 1);

    await world.deliver();

    expect(world.stored.current()).toMatchObject({ accessToken, legacyToken });
    expect(Date.parse(world.stored.current().expiresAt ?? '')).toBeLessThan(
      world.clock.now() + minuteMs,
    );
    expect(world.stored.current().refreshToken).not.toBe(refreshToken);
  });

  it('of a second replaces none that another environment has dated some minutes ahead, however often', async () => {
    const world = await startDueWorld();
    const [issuedAt, expiresAt] = [4, 64].map((minutes) =>
      new Date(world.clock.now() + minutes * minuteMs).toISOString(),
    );
    const { accessToken } = world.stored.current();
    const dates = issuedAt && expiresAt && { issuedAt, expiresAt };
    world.stored.put({ ...world.stored.current(), ...dates });
    shorten(world, 1);

    for (let times = 1; times <= 3; times++) {
      await world.deliver({ force: true });
      world.clock.advance(2 * minuteMs);
    }

    expect(posts(world).length).toBeGreaterThanOrEqual(3);
    expect(world.stored.current()).toMatchObject({ accessToken, expiresAt });
  });

  it('of a second replaces none that waits in the escrow', async () => {
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'dropAfter' });
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny', calls: 1 });
    const { provider } = world.effects;
    const expiries: number[] = [];
    let answers = 0;
    const shorter: typeof provider = {
      ...provider,
      async requestToken(...request) {
        answers += 1;
        if (answers === 3) shorten(world, 1);
        else expiries.push(world.clock.now() + 60 * minuteMs);
        return provider.requestToken(...request);
      },
    };

    await world.rotate({}, { provider: shorter });

    expect(answers).toBe(3);
    const expiresAtMs = Date.parse(world.stored.current().expiresAt ?? '');
    expect(expiresAtMs).toBe(expiries[1]);
    expect(world.chainState()).toEqual(whole);
  });
});
