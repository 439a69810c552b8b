import { localFunctionName } from '../../../../local/aws/lambda/names';
import type { ConnectionStatus } from '../../../../ops/commands/status/status';
import { minuteMs } from '../../../support/simulatedClock';
import {
  errorLine,
  install,
  log,
  printingFunction,
  schedule,
  storeToken,
} from '../../support/installed';
import { startOpsWorld } from '../../support/opsWorld';

const hourMs = 60 * minuteMs;
const installed = { function: printingFunction };

describe('ops status', () => {
  it('shows that all is well with a fresh connection', async () => {
    const world = await startOpsWorld(installed);
    install(world);

    const ran = await world.run(['status', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toEqual({
      account: '123456789012',
      region: 'us-east-1',
      connections: [
        {
          name: 'acme',
          verdict: 'ok',
          reasons: [],
          isFleet: false,
          expiresAt: '2026-11-24T09:00:00.000Z',
          secondsToExpiry: 3600,
          issuedAt: '2026-11-24T08:00:00.000Z',
          refreshTokenAgeDays: 0,
          refreshTokenDaysLeft: 700,
          escrow: false,
          stagedSecret: false,
          schedule: 'on',
          lastError: null,
          unknown: [],
        },
      ],
      total: 1,
    });
  });

  it('gives a line of at most 100 columns to each connection', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    install(world, 'marketing-prod-emea');
    world.clock.advance(18 * minuteMs);

    const ran = await world.run(['status']);

    const [header, , head = '', acme = '', ...rest] = ran.stdout.trimEnd().split('\n');
    expect(header).toBe('Account 123456789012, Region us-east-1');
    expect(head.split(/ {2,}/)).toEqual([
      ...['connection', 'verdict', 'fresh until', 'rotated', 'refresh token'],
      ...['escrow', 'staged', 'schedule'],
    ]);
    expect(acme.split(/ {2,}/)).toEqual([
      ...['acme', 'ok', '09:00Z, 42 min', '18 min ago', '0 d, 699 left', 'no', 'no', 'on'],
    ]);
    expect(rest).toEqual([expect.stringMatching(/^marketing-prod-emea /)]);
    for (const line of [head, acme, ...rest]) expect(line.length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['80 columns', 80],
    ['60 columns', 60],
  ])(
    'gives a block to each connection in a terminal of %s, and tears no word',
    async (_, columns) => {
      const world = await startOpsWorld(installed);
      install(world);
      install(world, 'marketing-prod-emea');
      world.stored().putParameter('client-secret-next', world.nextSecret());

      const ran = await world.run(['status'], '', columns);

      expect(ran.stdout).toMatch(/\n\nacme\n {2}verdict: +attention\n/);
      expect(ran.stdout).toMatch(/\n\nmarketing-prod-emea\n {2}verdict: +ok\n/);
      expect(ran.stdout).toContain('"npm run ops -- promote-secret acme"');
      for (const line of ran.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    },
  );

  it('shows one connection line by line, with its last error', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    await log(world, errorLine('ProviderUnavailable', 'Connection "acme": no usable\nanswer.'));
    world.clock.advance(18 * minuteMs);

    const ran = await world.run(['status', 'acme']);

    expect(ran.stdout).toContain('fresh until:   2026-11-24T09:00:00.000Z (in 42 min)\n');
    expect(ran.stdout).toContain('last rotation: 2026-11-24T08:00:00.000Z (18 min ago)\n');
    expect(ran.stdout).toContain('last error:    2026-11-24T08:00:00.000Z (18 min ago): Prov');
    expect(ran.stdout).toContain('               Connection "acme": no usable answer.\n');
  });

  it('asks for attention, and says why', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    schedule(world, { connection: 'beta', state: 'DISABLED' });
    world.stored('beta').configure({ authBaseUrl: world.provider.url, clientId: 'id' });
    storeToken(world, { connection: 'beta', agoMs: 2 * hourMs });
    world.stored().putParameter('client-secret-next', world.nextSecret());
    world.stored().putParameter('escrow', JSON.stringify({ accessToken: world.nextSecret() }));

    const ran = await world.run(['status']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toMatch(/^acme +attention .* yes +yes +on$/m);
    expect(ran.stdout).toMatch(/^beta +broken +expired +2 hours ago .* off$/m);
    expect(ran.stdout).toContain('\nacme: A token set is parked in the escrow, since');
    expect(ran.stdout).toContain('\nacme: A staged client secret is there: activate it');
    expect(ran.stdout).toContain('\nbeta: The token expired 60 min ago: see "npm run ops -- doct');
    expect(ran.stdout).toContain('\nbeta: The schedule sfmc-beta is off');
    expect(ran.stdout).toContain('\nbeta: There is no client secret');
  });

  it('reads no client secret and no escrow, and decrypts nothing but the token set', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    const getParameters = jest.spyOn(world.aws.parameterStore, 'getParameters');
    const byPath = jest.spyOn(world.aws.parameterStore, 'getParametersByPath');

    await world.run(['status']);
    await world.run(['status', 'acme']);

    const reads = [...getParameters.mock.calls, ...byPath.mock.calls];
    expect(reads.map(([input]) => input.WithDecryption)).toEqual([false, false, false]);
    const operations = world.aws.calls.map(({ service, operation }) => `${service}:${operation}`);
    expect(new Set(operations)).toEqual(
      new Set([
        'sts:GetCallerIdentity',
        'ssm:GetParametersByPath',
        'ssm:GetParameters',
        'secretsmanager:GetSecretValue',
        'scheduler:GetSchedule',
        'lambda:GetFunctionConfiguration',
        'lambda:ListEventSourceMappings',
        'logs:FilterLogEvents',
      ]),
    );
  });

  it.each([
    ['secretsmanager:GetSecretValue', 'token', { expiresAt: null, verdict: 'attention' }],
    ['ssm:GetParameters', 'parameters', { escrow: null, stagedSecret: null, verdict: 'ok' }],
    ['scheduler:GetSchedule', 'schedule', { schedule: 'unknown', verdict: 'ok' }],
    ['lambda:GetFunctionConfiguration', 'lastError', { lastError: null, verdict: 'ok' }],
    ['logs:FilterLogEvents', 'lastError', { lastError: null, verdict: 'ok' }],
  ])('shows the rest if %s is denied', async (denied, what, expected) => {
    const world = await startOpsWorld({
      ...installed,
      authorize: ({ action, accessKeyId }) =>
        action !== denied || accessKeyId === localFunctionName,
    });
    install(world);

    const json = await world.run(['status', 'acme', '--json']);
    const text = await world.run(['status', 'acme']);

    const [status] = json.json<{ connections: ConnectionStatus[] }>().connections;
    expect(status).toMatchObject(expected);
    expect(status?.unknown).toEqual([{ what, why: expect.stringContaining(denied) }]);
    expect(text.stdout).toMatch(/^[a-z ]+ unknown\. .*not\s+authorized/ms);
  });

  it('finds the function that is attached to the secret if the queue’s cannot be looked up', async () => {
    const world = await startOpsWorld({
      ...installed,
      authorize: ({ action }) => action !== 'lambda:ListEventSourceMappings',
    });
    install(world);

    const ran = await world.run(['status', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ connections: [{ verdict: 'ok', unknown: [] }] });
  });

  it('says so if neither that may be looked up', async () => {
    const world = await startOpsWorld({
      ...installed,
      authorize: ({ action }) =>
        !['lambda:ListEventSourceMappings', 'secretsmanager:DescribeSecret'].includes(action),
    });
    install(world);

    const ran = await world.run(['status', 'acme', '--json']);

    const [status] = ran.json<{ connections: ConnectionStatus[] }>().connections;
    expect(status?.unknown).toEqual([
      { what: 'lastError', why: expect.stringContaining('secretsmanager:DescribeSecret') },
    ]);
  });

  it('names what takes a secret back that is scheduled for deletion', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    world.aws.secretsManager.deleteSecret({ SecretId: 'sfmc/acme' });

    const ran = await world.run(['status', 'acme', '--json']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      connections: [{ verdict: 'broken', reasons: [expect.stringContaining('restore-secret')] }],
    });
  });

  it('says so if no function is attached', async () => {
    const world = await startOpsWorld();
    install(world);

    const ran = await world.run(['status', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('No function is attached to the secret: deploy the stack.');
  });

  it('finds the newest error of each connection, and of the last 24 hours alone', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    install(world, 'beta');
    await log(world, errorLine('StoreUnavailable'), {
      ...errorLine('NotSeeded'),
      connection: 'beta',
    });
    world.clock.advance(23 * hourMs);
    await log(world, errorLine('ChainBroken'), { ...errorLine('x'), level: 'WARN' });
    world.clock.advance(2 * hourMs);

    const all = await world.run(['status', '--json']);
    const one = await world.run(['status', 'acme', '--json']);

    const { connections } = all.json<{ connections: ConnectionStatus[] }>();
    const lastError = {
      at: '2026-11-25T07:00:00.000Z',
      code: 'ChainBroken',
      message: 'Connection "acme": ChainBroken.',
    };
    expect(connections.map((each) => each.lastError)).toEqual([lastError, null]);
    expect(one.json()).toMatchObject({ connections: [{ lastError }] });
  });

  it('names the connections there are if the one asked for is not among them', async () => {
    const world = await startOpsWorld(installed);

    const ran = await world.run(['status', 'acmee']);

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/There is no connection "acmee".*acme.*npm run ops -- list/);
  });

  it('says so if there is no connection', async () => {
    const world = await startOpsWorld();
    world.stored().deleteParameter('config');

    const ran = await world.run(['status']);

    expect(ran).toMatchObject({
      exitCode: 4,
      stdout: 'Account 123456789012, Region us-east-1\n\nThere is no connection in this Region.\n',
    });
  });

  it('counts many connections on a terminal, and leaves no trace of that', async () => {
    const world = await startOpsWorld({ ...installed, now: Date.now });
    for (let n = 0; n < 12; n += 1) install(world, `many-${n}`);

    const session = world.open(['status']);
    await session.sees('13 connections');
    const exitCode = await session.ended;

    expect(exitCode).toBe(4);
    expect(session.raw).toContain('\u001b[?25h');
    expect(session.text).toMatch(/^many-11 /m);
  });

  it('colours verdicts in a terminal', async () => {
    const world = await startOpsWorld({ ...installed, now: Date.now });
    install(world);

    const session = world.open(['status']);
    const exitCode = await session.ended;

    expect(session.text).toMatch(/^acme +broken +expired/m);
    expect(session.raw).toContain('\u001b[31mbroken\u001b[39m');
    expect(exitCode).toBe(4);
  });
});
