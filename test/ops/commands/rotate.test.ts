import path from 'node:path';
import { storeToken } from '../support/installed';
import { type OpsWorld, startOpsWorld } from '../support/opsWorld';

/**
 * With the built function, on the system's clock. A busy machine may not start the function within
 * the time that Lambda gives it: it is tried again at once instead of after Lambda's minute.
 */
const startWorld = (options: Parameters<typeof startOpsWorld>[0] = {}) =>
  startOpsWorld({ function: soonAgain, now: Date.now, ...options });
const soonAgain = { retryDelaysMs: [50, 50] };
const seed = (world: OpsWorld) => world.stored().put({ refreshToken: world.provider.refreshToken });
const minuteMs = 60_000;

describe('ops rotate', () => {
  it('has the function rotate, shows its log and prints the outcome', async () => {
    const world = await startWorld();
    seed(world);

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toEqual({
      connection: 'acme',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      outcome: 'rotated',
      expiresAt: world.stored().current().expiresAt,
      versionId: world.stored().versionOf('AWSCURRENT'),
      failedAttempts: 0,
    });
    expect(ran.stderr).toMatch(/\d\d:\d\d:\d\d INFO {3}Rotation finished {2}outcome=rotated/);
    // Nobody watches: no spinner.
    expect(ran.stderr).not.toContain('\u001b');
    expect(world.aws.calls.filter(({ operation }) => operation === 'Invoke')).toHaveLength(1);
  });

  it('says that a fresh token was left as it is, and rotates it by force', async () => {
    const world = await startWorld();
    world.clock.advance(Date.now() - world.clock.now());
    const before = storeToken(world);

    const fresh = await world.run(['rotate', 'acme']);
    const forced = await world.run(['rotate', 'acme', '--force']);

    expect([fresh.exitCode, forced.exitCode]).toEqual([0, 0]);
    expect(fresh.stdout).toMatch(/^The token is fresh.*To rotate.*rotate acme --force\n$/s);
    expect(forced.stdout).toMatch(/^Rotated\.\nThe access token expires .*in 59 min/);
    expect(world.stored().current().refreshToken).not.toBe(before.refreshToken);
  });

  it('follows every attempt, and gives code and remedy after the third', async () => {
    const world = await startWorld();

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      outcome: 'failed',
      failedAttempts: 3,
      lastError: {
        code: 'NotSeeded',
        message: expect.stringContaining('npm run ops -- seed acme'),
      },
    });
    expect(ran.stderr).toContain(
      'Attempt 1 of 3 failed. Lambda makes the next one after 1 minute.',
    );
    expect(ran.stderr).toContain(
      'Attempt 2 of 3 failed. Lambda makes the next one after 2 minutes.',
    );
    expect(ran.stderr).toMatch(
      /NotSeeded: Connection.*NotSeeded: as before\n.*Attempt 3 of 3 failed\.\n/s,
    );
  });

  it('counts attempts that end before the function can say anything', async () => {
    const bundleDir = path.join(__dirname, '..', 'support', 'bundles', 'exiting');
    const world = await startWorld({ function: { ...soonAgain, bundleDir } });

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      outcome: 'failed',
      failedAttempts: 3,
      lastError: { code: 'cut off', message: expect.stringContaining('Runtime exited') },
    });
  });

  it('stops watching when its time is over, and says that the rotation goes on', async () => {
    const world = await startWorld({ function: {} });

    const ran = await world.run(['rotate', 'acme', '--timeout', '5']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toMatch(/not seen to end.*Look again: npm run ops -- status acme/s);
  });

  it('watches for a new version where the log may not be read', async () => {
    const world = await startWorld({
      authorize: ({ action }) => action !== 'logs:FilterLogEvents',
    });
    seed(world);

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(/log may not be read: .*Watching for a new version/s);
    expect(ran.json()).toMatchObject({
      outcome: 'published',
      versionId: world.stored().versionOf('AWSCURRENT'),
    });
  });

  it('reads the usual log group where the configuration may not be read', async () => {
    const action = 'lambda:GetFunctionConfiguration';
    const world = await startWorld({ authorize: (asked) => asked.action !== action });
    seed(world);

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
  });

  it('goes on where the log fails for a while', async () => {
    const world = await startWorld();
    seed(world);
    world.aws.orderFault({ kind: 'internal', operation: 'FilterLogEvents', calls: 5 });

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
  });

  it.each([
    ['acme', 'No function is attached to the secret sfmc/acme: deploy the stack'],
    ['bare', 'The secret sfmc/bare does not exist in this Region: deploy the stack'],
  ])('names the remedy where no function is attached: %s', async (name, told) => {
    const world = await startOpsWorld();
    world.stored('bare').configure({ authBaseUrl: world.provider.url, clientId: 'id' });

    const ran = await world.run(['rotate', name]);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain(told);
  });

  it('knows no connection without a config', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['rotate', 'other']);

    expect(ran.exitCode).toBe(2);
  });

  it('takes a whole number of seconds', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['rotate', 'acme', '--timeout', '1e9']);

    expect(ran.exitCode).toBe(2);
  });

  it('spins in a terminal, and shows the lines above', async () => {
    const world = await startWorld();
    seed(world);

    const session = world.open(['rotate', 'acme']);
    await session.sees('Ctrl-C ends the watching alone');
    await session.sees('Rotation finished');
    await session.sees('Rotated.');

    expect(await session.ended).toBe(0);
    // The cursor that the spinner hides is shown again.
    expect(session.raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(
      session.raw.lastIndexOf('\u001b[?25l'),
    );
  });

  it('lets the rotation go on after Ctrl-C', async () => {
    const world = await startWorld();
    seed(world);
    world.provider.orderFault({ kind: 'slow', delayMs: 3_000 });

    const session = world.open(['rotate', 'acme']);
    await session.sees('Started the rotation of acme');
    session.interrupts();

    expect(await session.ended).toBe(130);
    const { model, refreshToken } = world.provider;
    while (world.stored().current().accessToken === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const next = world.stored().current().refreshToken ?? '';
    expect(next).not.toBe(refreshToken);
    expect(model.accepts(next, Date.now() + 10 * minuteMs)).toBe(true);
  });
});
