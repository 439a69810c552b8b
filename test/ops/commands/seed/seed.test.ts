import { storeToken } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const seedDocument = (world: OpsWorld, members: object = {}) =>
  JSON.stringify({ refreshToken: world.provider.refreshToken, ...members });
const clientSecretOf = (world: OpsWorld) =>
  world.aws.parameterStore.getParameters({
    Names: ['/sfmc/acme/client-secret'],
    WithDecryption: true,
  }).Parameters[0]?.Value;
const writes = (world: OpsWorld) =>
  world.aws.calls.filter(({ operation }) => /^(Put|Create|Delete)/.test(operation));
/** Until the function returned is called: the SDK repeats a refused call once it has the time. */
const deny = (world: OpsWorld, operation: string) =>
  world.aws.orderFault({ kind: 'deny', operation, calls: 'untilCancelled' });
const isLive = (world: OpsWorld) =>
  world.provider.model.accepts(
    world.stored().current().refreshToken ?? '',
    world.clock.now() + 10 * 60_000,
  );

describe('ops seed', () => {
  it('stores what the first refresh token brought, and says until when it is fresh', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['seed', 'acme', '--stdin', '--json'], seedDocument(world));

    expect(ran.exitCode).toBe(0);
    const current = world.stored().current();
    const versionId = world.stored().versionOf('AWSCURRENT') ?? '';
    expect(world.stored().stages()[versionId]).toEqual(['AWSCURRENT', 'SFMC_SEEDED']);
    expect(ran.json()).toEqual({
      account: '123456789012',
      region: 'us-east-1',
      connection: 'acme',
      outcome: 'seeded',
      expiresAt: current.expiresAt,
      versionId,
      rotatedBy: 'nothing',
      next: 'npm run ops -- status acme',
    });
    expect(current).toMatchObject({ restBaseUrl: world.provider.url });
    expect(isLive(world)).toBe(true);
    expect(clientSecretOf(world)).toBe(world.provider.clientSecret);
  });

  it('stores the client secret that was brought, after the token set', async () => {
    const world = await startOpsWorld();
    world.stored().deleteParameter('client-secret');
    const { clientSecret } = world.provider;

    const document = seedDocument(world, { clientSecret });
    const ran = await world.run(['seed', 'acme', '--stdin'], document);

    expect(ran.exitCode).toBe(0);
    expect(clientSecretOf(world)).toBe(clientSecret);
    expect(writes(world).map(({ operation }) => operation)).toEqual([
      'PutSecretValue',
      'PutParameter',
    ]);
    expect(ran.stdout).toContain('Seeded acme.\nThe access token expires');
  });

  it('asks Marketing Cloud for a refresh token if none is brought', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['seed', 'acme', '--stdin'], '{}');

    expect(ran.exitCode).toBe(0);
    expect(isLive(world)).toBe(true);
    const { accessToken = '' } = world.stored().current();
    expect(world.provider.model.accessTokenContext(accessToken)).toBe('client-credentials');
  });

  it("takes the refresh token of a login's JWT", async () => {
    const world = await startOpsWorld();
    const { refreshToken } = world.provider;
    const jwt = { request: { user: { refreshToken } } };

    const ran = await world.run(['seed', 'acme', '--stdin'], JSON.stringify({ jwt }));

    expect(ran.exitCode).toBe(0);
    const { accessToken = '' } = world.stored().current();
    expect(world.provider.model.accessTokenContext(accessToken)).toBe('user');
  });

  it.each([
    ['the client secret', { clientSecret: 'wrong-secret' }, 'refuses the client secret for'],
    [
      'the refresh token',
      { refreshToken: 'wrong-token' },
      'takes the client secret and refuses the refresh token',
    ],
  ])('says that %s was refused, and writes nothing', async (_what, wrong, expected) => {
    const world = await startOpsWorld();

    const ran = await world.run(['seed', 'acme', '--stdin'], seedDocument(world, wrong));

    expect(ran).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ran.stderr).toContain(expected);
    expect(ran.stderr).not.toContain('wrong-');
    expect(writes(world)).toEqual([]);
  });

  it('refuses to put a new chain in the place of a stored one', async () => {
    const world = await startOpsWorld();
    const before = storeToken(world);

    const ran = await world.run(['seed', 'acme', '--stdin', '--json'], seedDocument(world));

    expect(ran.exitCode).toBe(3);
    expect(ran.json()).toMatchObject({
      error: {
        code: 'Refused',
        message: expect.stringMatching(/valid until 2026.*in 60 min.*--replace/s),
      },
    });
    expect(world.stored().current()).toEqual(before);
    expect(world.provider.model.refreshTokenState(world.provider.refreshToken).state).toBe(
      'unused',
    );
  });

  it.each(['a refresh token alone', 'an escrow', 'another version', 'no token set'])(
    'guards %s as well',
    async (what) => {
      const world = await startOpsWorld();
      const stored = world.stored();
      const refreshToken = world.nextSecret();
      if (what === 'a refresh token alone') stored.put({ refreshToken });
      if (what === 'an escrow') stored.putParameter('escrow', '{"unreadable":1}');
      if (what === 'another version') stored.put({ refreshToken }, ['ANY']);
      if (what === 'no token set') stored.put('something else');

      const ran = await world.run(['seed', 'acme', '--stdin'], seedDocument(world));

      expect(ran.exitCode).toBe(3);
      expect(writes(world)).toEqual([]);
    },
  );

  it('asks again with the same refresh token if the answer is lost', async () => {
    const world = await startOpsWorld();
    world.provider.orderFault({ kind: 'dropAfter' });

    const ran = await world.run(['seed', 'acme', '--stdin'], seedDocument(world));

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toContain('Asking the provider again');
    expect(isLive(world)).toBe(true);
  });

  it('says until when the refresh token can be sent again, if no answer comes', async () => {
    const world = await startOpsWorld();
    world.provider.orderFault({ kind: 'dropAfter' }, 100);

    const ran = await world.run(['seed', 'acme', '--stdin'], seedDocument(world));

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain('takes it again until 2026-11-24T08:05:00.000Z');
    expect(writes(world)).toEqual([]);
  });

  it('parks the token set if Secrets Manager refuses it, with the client secret for the function', async () => {
    const world = await startOpsWorld();
    world.stored().deleteParameter('client-secret');
    deny(world, 'PutSecretValue');
    const { clientSecret } = world.provider;

    const document = seedDocument(world, { clientSecret });
    const ran = await world.run(['seed', 'acme', '--stdin', '--json'], document);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      outcome: 'parked',
      next: 'npm run ops -- rotate acme --force',
    });
    expect(ran.stderr).toContain('Secrets Manager refuses: Secrets Manager: PutSecretValue');
    const { refreshToken } = JSON.parse(world.stored().escrow() ?? '{}');
    expect(world.provider.model.accepts(refreshToken, world.clock.now() + 600_000)).toBe(true);
    expect(clientSecretOf(world)).toBe(clientSecret);
  });

  it('keeps at it while neither store takes the token set, then says how to save the chain', async () => {
    const world = await startOpsWorld();
    deny(world, 'PutSecretValue');
    deny(world, 'PutParameter');

    const ran = await world.run(['seed', 'acme', '--stdin'], seedDocument(world));

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(
      /taken until 2026-11-24T08:05:00.000Z: run the same command with it/,
    );
    expect(world.clock.now() - Date.UTC(2026, 10, 24, 8)).toBeGreaterThan(4 * 60_000);
  });

  it('asks only for the client secret if that alone could not be stored', async () => {
    const world = await startOpsWorld();
    world.stored().deleteParameter('client-secret');
    const endFault = deny(world, 'PutParameter');
    const { clientSecret } = world.provider;
    const first = await world.run(
      ['seed', 'acme', '--stdin'],
      seedDocument(world, { clientSecret }),
    );
    const seeded = world.stored().current();
    endFault();

    const again = await world.run(
      ['seed', 'acme', '--stdin', '--json'],
      JSON.stringify({ clientSecret }),
    );

    expect(first.exitCode).toBe(5);
    expect(first.stderr).toContain(
      'Run npm run ops -- seed acme, which asks for the client secret',
    );
    expect(again.exitCode).toBe(0);
    expect(again.json()).toMatchObject({ outcome: 'completed', expiresAt: seeded.expiresAt });
    expect(clientSecretOf(world)).toBe(clientSecret);
    expect(world.stored().current()).toEqual(seeded);
  });

  it('completes nothing by a client secret that is refused, nor beside another refresh token', async () => {
    const world = await startOpsWorld();
    world.stored().deleteParameter('client-secret');
    storeToken(world);

    const refused = await world.run(['seed', 'acme', '--stdin'], '{"clientSecret":"wrong-secret"}');
    const { clientSecret } = world.provider;
    const other = await world.run(
      ['seed', 'acme', '--stdin'],
      seedDocument(world, { clientSecret }),
    );

    expect([refused.exitCode, other.exitCode]).toEqual([3, 3]);
    expect(other.stderr).toContain('leave refreshToken and jwt out');
    expect(writes(world)).toEqual([]);
  });

  it('leaves a config that says otherwise to the stack', async () => {
    const world = await startOpsWorld();

    const options = ['--auth-base-url', world.provider.url, '--client-id', 'other'];
    const ran = await world.run(['seed', 'acme', '--stdin', ...options], seedDocument(world));

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('It belongs to the stack');
  });

  it.each([
    [['seed', 'Not_A_Name', '--stdin'], '{}', 'must be 1 to 63 lower-case letters'],
    [['seed', 'acme', '--stdin', '--jwt'], '{}', 'cannot be used with'],
    [['seed', 'acme', '--stdin', '--client-id', 'x'], '{}', 'together'],
    [
      ['seed', 'acme', '--stdin', '--client-id', 'x', '--auth-base-url', 'https://example.com'],
      '{}',
      '--auth-base-url must be',
    ],
    [['seed', 'acme', '--stdin'], 'no JSON', 'The document on standard input is not JSON'],
    [['seed', 'acme', '--stdin'], '{"token":1}', "input's token is not known"],
    [['seed', 'acme'], '', 'Standard input is not a terminal: pipe a JSON document in'],
  ])('does not understand %j with %s', async (argv, stdin, expected) => {
    const world = await startOpsWorld();

    const ran = await world.run(argv, stdin);

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(expected);
    expect(writes(world)).toEqual([]);
  });
});
