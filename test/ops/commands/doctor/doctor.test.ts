import { AwsError } from '../../../../local/aws/awsError';
import { LambdaModel } from '../../../../local/aws/lambda/lambdaModel';
import { localFunctionName } from '../../../../local/aws/lambda/names';
import { examine, notOk } from '../../support/examine';
import { install, printingFunction, storeToken } from '../../support/installed';
import { startOpsWorld } from '../../support/opsWorld';

const installed = { function: printingFunction };

describe('ops doctor', () => {
  it('finds nothing wrong with a connection that is as the stack makes it', async () => {
    const world = await startOpsWorld(installed);
    install(world);

    const { exitCode, ok, checks } = await examine(world);

    expect(notOk(checks)).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual([
      ...['region', 'credentials', 'clock', 'queue', 'dead-letters', 'lambda-limit'],
      ...['alarms', 'throttles'],
      ...['config', 'client-secret', 'staged-secret', 'escrow'],
      ...[
        'secret',
        'token',
        'last-success',
        'refresh-token',
        'token-accepted',
        'secret-key',
        'client-secret-key',
        'pending',
      ],
      ...['open-end', 'versions', 'function', 'schedule', 'recent-errors', 'permissions'],
      ...['auth-host', 'rest-host', 'twins'],
    ]);
    expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
  });

  it('prints a line of at most 100 columns for each check, and a sum', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    world.stored().putParameter('client-secret-next', world.nextSecret());

    const ran = await world.run(['doctor', 'acme']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toContain('\nacme: attention\n');
    expect(ran.stdout).toContain('\nok    token             valid until 2026-11-24T09:00:00.000Z');
    expect(ran.stdout).toContain('\nwarn  staged secret     A staged client secret is there.\n');
    expect(ran.stdout).toContain('\n                        -> Activate it in Marketing Cloud');
    expect(ran.stdout).toMatch(/\n\n28 ok, 1 to look at, 0 failed, 0 skipped\.\n$/);
    for (const line of ran.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('shows of several connections what is not well', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    install(world, 'beta');
    world.stored('beta').deleteParameter('client-secret');

    const ran = await world.run(['doctor']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toMatch(
      /\n\nbeta: broken\nfail {2}client secret .*\n\nacme: ok\n21 more checks are ok\.\n/s,
    );
  });

  it('sends the access token to no host but the provider’s', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    storeToken(world, { restBaseUrl: 'https://example.com' });

    const { found } = await examine(world);

    expect(found('token-accepted')).toMatchObject([{ verdict: 'skip' }]);
    expect(found('rest-host')).toMatchObject([{ verdict: 'skip' }]);
  });

  it('warns of a function with another timeout', async () => {
    const world = await startOpsWorld({ function: { ...printingFunction, timeoutMs: 60_000 } });
    install(world);

    const { found } = await examine(world);

    expect(found('function')).toMatchObject([
      { verdict: 'warn', detail: expect.stringContaining('60 s instead of 40 s') },
    ]);
  });

  it('fails if no function is attached', async () => {
    const world = await startOpsWorld();
    install(world);

    const { exitCode, checks } = await examine(world);

    expect(exitCode).toBe(4);
    expect(notOk(checks)).toEqual(['function fail', 'recent-errors skip', 'permissions skip']);
  });

  it.each([
    ['ssm:GetParameters', 'parameters'],
    ['ssm:GetParameterHistory', 'client-secret-key'],
    ['secretsmanager:GetSecretValue', 'secret'],
    ['secretsmanager:ListSecretVersionIds', 'versions'],
    ['secretsmanager:DescribeSecret', 'secret-key'],
    ['lambda:ListEventSourceMappings', 'queue'],
    ['kms:DescribeKey', 'secret-key'],
    ['lambda:GetFunctionConfiguration', 'function'],
    ['logs:FilterLogEvents', 'recent-errors'],
    ['scheduler:GetSchedule', 'schedule'],
  ])('names %s if it is denied to the operator, and goes on', async (denied, id) => {
    const world = await startOpsWorld({
      ...installed,
      authorize: ({ action, accessKeyId }) => accessKeyId !== 'operator' || action !== denied,
    });
    install(world);

    const { exitCode, found } = await examine(world);

    expect(exitCode).toBe(4);
    expect(found(id)).toMatchObject([
      {
        verdict: 'fail',
        detail: expect.stringContaining(denied),
        remedy: expect.stringContaining('allowed to you'),
      },
    ]);
    expect(found('auth-host').length + found('schedule').length).toBe(2);
  });

  it('names what the role of the function may not do', async () => {
    const denied = ['secretsmanager:PutSecretValue', 'ssm:GetParameters', 'events:PutEvents'];
    const world = await startOpsWorld({
      ...installed,
      authorize: ({ action, resource, accessKeyId }) =>
        accessKeyId !== localFunctionName ||
        !denied.includes(action) ||
        resource.endsWith('/client-secret'),
    });
    install(world);

    const { exitCode, found } = await examine(world);

    expect(exitCode).toBe(4);
    const role = `arn:aws:iam::123456789012:role/${localFunctionName}`;
    const parameter = 'arn:aws:ssm:us-east-1:123456789012:parameter/sfmc/acme';
    const secret = expect.stringMatching(
      `^${role} may not secretsmanager:PutSecretValue on arn:.*:secret:sfmc/acme-\\w{6}\\.$`,
    );
    expect(found('permissions')).toMatchObject([
      { verdict: 'fail', detail: secret },
      { verdict: 'fail', detail: `${role} may not ssm:GetParameters on ${parameter}/config.` },
      {
        verdict: 'fail',
        detail: `${role} may not ssm:GetParameters on ${parameter}/client-secret-next.`,
      },
      { verdict: 'fail', detail: `${role} may not ssm:GetParameters on ${parameter}/escrow.` },
      { verdict: 'warn', detail: expect.stringContaining('events:PutEvents') },
    ]);
  });

  it('leaves the permissions out if it may not simulate them', async () => {
    const world = await startOpsWorld({
      ...installed,
      authorize: ({ action }) => action !== 'iam:SimulatePrincipalPolicy',
    });
    install(world);

    const { exitCode, found } = await examine(world);

    expect(exitCode).toBe(0);
    expect(found('permissions')).toMatchObject([
      { verdict: 'skip', remedy: expect.stringContaining('iam:SimulatePrincipalPolicy') },
    ]);
  });

  it.each([
    [70, 'warn', 'ahead of'],
    [-70, 'warn', 'behind'],
    [400, 'fail', 'ahead of'],
    [30, 'ok', 'ahead of'],
  ])('compares this clock with AWS: %d s is %s', async (aheadSeconds, verdict, what) => {
    const now = () => Date.now() - aheadSeconds * 1_000;
    const world = await startOpsWorld({ ...installed, now });
    install(world);

    const { found } = await examine(world);

    expect(found('clock')).toMatchObject([{ verdict, detail: expect.stringContaining(what) }]);
  });

  it('names the clock if AWS refuses its time', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    const skewed = {
      name: 'InvalidSignatureException',
      message: 'Signature expired: 20261124T080000Z',
    };
    jest.spyOn(world.aws.secretsManager, 'getSecretValue').mockImplementation(() => {
      throw new AwsError(skewed.name, skewed.message);
    });

    const { found } = await examine(world);
    const status = await world.run(['status', 'acme']);

    expect(found('secret')).toMatchObject([
      {
        verdict: 'fail',
        detail: expect.stringContaining('the clock of this machine'),
        remedy: 'Set the clock of this machine, best by NTP.',
      },
    ]);
    expect(status.stdout).toMatch(/token unknown\. .*the\s+clock\s+of\s+this\s+machine/s);
  });

  it('looks at nothing else if AWS cannot be asked', async () => {
    const world = await startOpsWorld(installed);
    await world.aws.close();

    const { exitCode, checks } = await examine(world);

    expect(exitCode).toBe(4);
    expect(notOk(checks)).toEqual(['credentials fail', 'clock skip', 'connections fail']);
  });

  it('looks at the account alone before anything is deployed, and warns of a low limit', async () => {
    const world = await startOpsWorld({ now: Date.now });
    world.stored().deleteParameter('config');
    const wide = await world.run(['doctor', '--before-deploy', '--json']);
    const limit = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 };
    const settings = jest.spyOn(LambdaModel.prototype, 'getAccountSettings');
    settings.mockReturnValue({ AccountLimit: limit, AccountUsage: { FunctionCount: 0 } });
    const narrow = await world.run(['doctor', '--before-deploy']);
    settings.mockRestore();

    const { checks } = wide.json<{ checks: { id: string; verdict: string }[] }>();
    expect(wide.exitCode).toBe(0);
    expect(checks.map(({ id }) => id)).toEqual(['region', 'credentials', 'clock', 'lambda-limit']);
    expect(narrow.exitCode).toBe(4);
    expect(narrow.stdout).toMatch(/^warn {2}Lambda limit +10 of 10 concurrent invocations/m);
  });

  it('asks for attention if there is no connection', async () => {
    const world = await startOpsWorld(installed);
    world.stored().deleteParameter('config');

    const ran = await world.run(['doctor']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toContain('There is no connection in this Region.');
  });

  it('refuses a connection that is not there', async () => {
    const world = await startOpsWorld(installed);

    const ran = await world.run(['doctor', 'acmee', '--json']);

    expect(ran.exitCode).toBe(2);
    expect(ran.json()).toMatchObject({ error: { code: 'Usage' } });
  });

  it('colours verdicts in a terminal', async () => {
    const world = await startOpsWorld({ ...installed, now: Date.now });
    install(world);

    const session = world.open(['doctor', 'acme']);
    const exitCode = await session.ended;

    expect(session.raw).toContain('\u001b[32mok    \u001b[39mclock');
    expect(session.raw).toContain('\u001b[31mfail  \u001b[39mtoken');
    expect(exitCode).toBe(4);
  });
});
