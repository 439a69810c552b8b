import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const seedDocument = (world: OpsWorld, members: object = {}) =>
  JSON.stringify({ refreshToken: world.provider.refreshToken, ...members });
const writes = (world: OpsWorld) =>
  world.aws.calls.filter(({ operation }) => /^(Put|Create|Delete)/.test(operation));
const deny = (world: OpsWorld, operation: string) =>
  world.aws.orderFault({ kind: 'deny', operation, calls: 'untilCancelled' });

describe('ops seed, for a connection that is not there', () => {
  const made = (world: OpsWorld, ...more: string[]) => [
    ...['seed', 'new', '--stdin', '--client-id', world.provider.clientId],
    ...['--auth-base-url', world.provider.url, ...more],
  ];

  it('makes secret and config once the credentials have worked', async () => {
    const world = await startOpsWorld();
    const { clientSecret, clientId, url } = world.provider;

    const ran = await world.run(made(world), seedDocument(world, { clientSecret }));

    expect(ran.exitCode).toBe(0);
    expect(writes(world).map(({ operation }) => operation)).toEqual([
      ...['CreateSecret', 'PutSecretValue', 'PutParameter', 'PutParameter'],
    ]);
    const listed = await world.run(['list', '--json']);
    expect(listed.json()).toMatchObject({
      connections: [
        { name: 'acme' },
        { name: 'new', config: { authBaseUrl: url, clientId, onBrokenChain: 'alarm' } },
      ],
    });
    expect(world.stored('new').current()).toMatchObject({ restBaseUrl: url });
  });

  it('makes nothing if the credentials are refused', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(made(world), seedDocument(world, { clientSecret: 'wrong-one' }));

    expect(ran.exitCode).toBe(3);
    expect(writes(world)).toEqual([]);
  });

  it('finishes when it is run again after an interruption', async () => {
    const world = await startOpsWorld();
    const { clientSecret } = world.provider;
    const endFault = deny(world, 'PutParameter');
    const first = await world.run(made(world), seedDocument(world, { clientSecret }));
    endFault();

    const again = await world.run(made(world), JSON.stringify({ clientSecret }));

    expect([first.exitCode, again.exitCode]).toEqual([5, 0]);
    const { Parameters } = world.aws.parameterStore.getParameters({
      Names: ['/sfmc/new/config', '/sfmc/new/client-secret'],
      WithDecryption: true,
    });
    expect(Parameters).toHaveLength(2);
  });

  it('parks the token set if the secret may not be made', async () => {
    const world = await startOpsWorld();
    const { clientSecret } = world.provider;
    deny(world, 'CreateSecret');

    const ran = await world.run(made(world), seedDocument(world, { clientSecret }));

    expect(ran.exitCode).toBe(4);
    expect(ran.stderr).toContain('The secret sfmc/new could not be made (AccessDeniedException)');
    expect(world.stored('new').escrow()).toContain('refreshToken');
  });

  it('spends nothing if the secret may neither be read nor made, and names both actions', async () => {
    const world = await startOpsWorld();
    const { clientSecret } = world.provider;
    deny(world, 'GetSecretValue');
    deny(world, 'CreateSecret');

    const ran = await world.run(made(world), seedDocument(world, { clientSecret }));

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(/secretsmanager:GetSecretValue.*secretsmanager:CreateSecret/s);
    expect(world.provider.requests.filter(({ hadRefreshToken }) => hadRefreshToken)).toEqual([]);
    expect(writes(world).filter(({ status }) => status === 200)).toEqual([]);
  });

  it('tries to make no secret that may not be read if the connection has a config', async () => {
    const world = await startOpsWorld();
    deny(world, 'GetSecretValue');
    const [, , ...options] = made(world);

    const ran = await world.run(['seed', 'acme', ...options], seedDocument(world));

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain('GetSecretValue of sfmc/acme failed with AccessDenied');
    expect(writes(world)).toEqual([]);
    expect(world.provider.requests).toEqual([]);
  });

  it('names the stack and the options that make one', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['seed', 'new', '--stdin'], seedDocument(world));

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('There is acme');
    expect(ran.stderr).toMatch(/npx cdk deploy.*--auth-base-url and --client-id/);
  });
});
