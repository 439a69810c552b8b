import path from 'node:path';
import { systemClock } from '../../../../lambda/effects/clock';
import { functionArn } from '../../../../local/aws/lambda/names';
import { formatRotation } from '../../../../ops/commands/rotate/rotateResult';
import type { Context } from '../../../../ops/context';
import { createQueue, feedFrom } from '../../support/fleet';
import { printingFunction, schedule, storeToken } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

/** With the built function, on the system's clock. */
const startWorld = async (options: Parameters<typeof startOpsWorld>[0] = {}) => {
  const world = await startOpsWorld({ function: {}, now: Date.now, ...options });
  schedule(world);
  return world;
};
const seed = (world: OpsWorld) => world.stored().put({ refreshToken: world.provider.refreshToken });
const minuteMs = 60_000;
const callsOf = (world: OpsWorld, operation: string) =>
  world.aws.calls.filter((call) => call.operation === operation).length;

/** Feeds the function from a queue whose messages come again after a second, in place of a minute. */
function feedQuickly(world: OpsWorld): void {
  const queueUrl = createQueue(world, 'quick.fifo', { VisibilityTimeout: '1' });
  feedFrom(world, queueUrl);
  world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' });
  schedule(world, { target: world.aws.sqs.arnOf(queueUrl) });
}

describe('ops rotate', () => {
  it('sends a message of the connection’s group, shows the function’s log and prints the outcome', async () => {
    const world = await startWorld();
    seed(world);
    const sent = jest.spyOn(world.aws.sqs, 'sendMessage');

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toEqual({
      account: '123456789012',
      region: 'us-east-1',
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
    expect(sent.mock.calls.map(([input]) => input)).toMatchObject([
      {
        QueueUrl: expect.stringContaining('sfmc-token-rotator.fifo'),
        MessageBody: '{"connection":"acme"}',
        MessageGroupId: 'acme',
      },
    ]);
    expect(callsOf(world, 'Invoke')).toBe(0);
  });

  it('says that a fresh token was left as it is, and rotates it by force', async () => {
    const world = await startWorld();
    world.clock.advance(Date.now() - 2 * minuteMs - world.clock.now());
    const before = storeToken(world);

    const fresh = await world.run(['rotate', 'acme']);
    const forced = await world.run(['rotate', 'acme', '--force']);

    expect([fresh.exitCode, forced.exitCode]).toEqual([0, 0]);
    expect(fresh.stdout).toMatch(/^The token is fresh.*To rotate.*rotate acme --force\n$/s);
    expect(forced.stdout).toMatch(/^Rotated\.\nThe access token expires .*in 59 min/);
    expect(world.stored().current().refreshToken).not.toBe(before.refreshToken);
  });

  it('does not advise force to whoever has forced a token set that is too young', async () => {
    const terminal = { paint: (text: string) => text };
    const context = { clock: systemClock, terminal } as unknown as Context;
    const result = { connection: 'acme', outcome: 'fresh', failedAttempts: 0 };

    expect(formatRotation(result, context, true)).toEqual([
      'The token set is younger than 60 s, so it was left as it is.',
    ]);
  });

  it('says that a connection waits for its first seed', async () => {
    const world = await startWorld();

    const ran = await world.run(['rotate', 'acme']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toMatch(/waits for its first refresh token\.\nNext: .*seed acme\n$/);
  });

  it('ends with an error that comes again until somebody fixes its cause', async () => {
    const world = await startWorld();

    const ran = await world.run(['rotate', 'acme', '--force', '--json']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      outcome: 'failed',
      failedAttempts: 1,
      lastError: {
        code: 'NotSeeded',
        message: expect.stringContaining('npm run ops -- seed acme'),
      },
    });
  });

  it('follows the attempts that the queue makes, to the one that succeeds', async () => {
    const world = await startWorld();
    feedQuickly(world);
    seed(world);
    world.stored().deleteParameter('config');
    world
      .stored()
      .configure({ authBaseUrl: world.provider.url, clientId: world.provider.clientId });
    world.aws.orderFault({ kind: 'deny', operation: 'GetParameters', calls: 2 });

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(0);
    const { failedAttempts } = ran.json<{ failedAttempts: number }>();
    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
    expect(failedAttempts).toBeGreaterThanOrEqual(1);
    expect(ran.stderr).toMatch(
      /StoreUnavailable: Connection.*Attempt 1 failed\. What comes by the queue is tried again/s,
    );
  });

  it('counts attempts that end before the function can say how', async () => {
    const bundleDir = path.join(__dirname, '..', '..', 'support', 'bundles', 'exiting');
    const world = await startWorld({ function: { bundleDir } });

    const ran = await world.run(['rotate', 'acme', '--json', '--timeout', '5']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      outcome: 'unknown',
      failedAttempts: 1,
      lastError: { code: 'cut off', message: expect.stringContaining('Runtime exited') },
    });
  });

  it('stops watching when its time is over, and says that the rotation goes on', async () => {
    const world = await startWorld({ function: printingFunction });

    const ran = await world.run(['rotate', 'acme', '--timeout', '3']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toMatch(/not seen to end.*Look again: npm run ops -- status acme/s);
  });

  it('watches for a new version if the log cannot be read', async () => {
    const world = await startWorld({
      authorize: ({ action }) => action !== 'logs:FilterLogEvents',
    });
    seed(world);

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(/log cannot be read: .*Watching for a new version/s);
    expect(ran.json()).toMatchObject({
      outcome: 'published',
      versionId: world.stored().versionOf('AWSCURRENT'),
    });
  });

  it('reads the usual log group if the configuration may not be read', async () => {
    const action = 'lambda:GetFunctionConfiguration';
    const world = await startWorld({ authorize: (asked) => asked.action !== action });
    seed(world);

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
  });

  it('goes on if the log fails for a while', async () => {
    const world = await startWorld();
    seed(world);
    world.aws.orderFault({ kind: 'internal', operation: 'FilterLogEvents', calls: 5 });

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
  });

  it('finds the function of the queue, though the secret names none', async () => {
    const world = await startWorld();
    seed(world);
    const { secretsManager } = world.aws;
    const { RotationLambdaARN: _, ...described } = secretsManager.describeSecret({
      SecretId: 'sfmc/acme',
    });
    jest.spyOn(secretsManager, 'describeSecret').mockReturnValue(described);

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
  });

  it('finds the queue of the attached function if there is no schedule', async () => {
    const world = await startWorld();
    world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' });
    seed(world);

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
    expect(callsOf(world, 'Invoke')).toBe(0);
  });

  it('invokes the function of an earlier release itself, and says to deploy', async () => {
    const world = await startWorld();
    world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' });
    schedule(world, { target: functionArn('us-east-1'), input: '{"connection":"acme"}' });
    seed(world);
    const mappings = world.aws.eventSourceMappings;
    jest
      .spyOn(mappings, 'listEventSourceMappings')
      .mockReturnValue({ EventSourceMappings: [], NextMarker: undefined });

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
    expect(ran.stderr).toMatch(/sent to the function itself.*earlier release.*npx cdk deploy/);
    expect(callsOf(world, 'Invoke')).toBe(1);
  });

  it.each([
    ['acme', 'No function is attached to the secret sfmc/acme: deploy the stack'],
    ['bare', 'The secret sfmc/bare does not exist in this Region: deploy the stack'],
  ])('names the remedy if no function is attached: %s', async (name, expected) => {
    const world = await startOpsWorld();
    world.stored('bare').configure({ authBaseUrl: world.provider.url, clientId: 'id' });

    const ran = await world.run(['rotate', name]);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain(expected);
  });

  it('names what takes a secret back that is scheduled for deletion', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    schedule(world);
    world.aws.secretsManager.deleteSecret({ SecretId: 'sfmc/acme' });

    const ran = await world.run(['rotate', 'acme']);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('aws secretsmanager restore-secret --secret-id sfmc/acme');
    expect(callsOf(world, 'SendMessage')).toBe(0);
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
    await session.sees('Ctrl-C stops watching; the rotation goes on');
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
