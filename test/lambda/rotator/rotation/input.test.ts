import { type LocalWorld, whole } from '../../../support/localWorld';
import { startDueWorld } from '../../../support/startWorld';

type Spoil = (world: LocalWorld) => void;

const withConfig =
  (members: Record<string, unknown>): Spoil =>
  ({ provider, stored }) =>
    stored.configure({ authBaseUrl: provider.url, clientId: provider.clientId, ...members });
const withAuthBaseUrl = (authBaseUrl: string) => withConfig({ authBaseUrl });

const host = "its config's authBaseUrl must be https://SUBDOMAIN.auth.marketingcloudapis.com";

describe('bad input', () => {
  it.each([
    ['config no JSON', ({ stored }) => stored.putParameter('config', '{', 'String'), 'not JSON'],
    [
      'config no object',
      ({ stored }) => stored.putParameter('config', '7', 'String'),
      'its config',
    ],
    [
      'no authBaseUrl',
      withConfig({ authBaseUrl: undefined }),
      "its config's authBaseUrl is missing",
    ],
    ['no clientId', withConfig({ clientId: undefined }), "its config's clientId is missing"],
    ['empty clientId', withConfig({ clientId: '' }), "its config's clientId must not be empty"],
    ['onBrokenChain', withConfig({ onBrokenChain: 'x' }), 'must be "reissue" or "alarm"'],
    ['another host', withAuthBaseUrl('https://auth.example.com'), host],
    ['a look-alike', withAuthBaseUrl('https://x.auth.marketingcloudapis.com.example.com'), host],
    ['no https', withAuthBaseUrl('http://mc.auth.marketingcloudapis.com'), host],
    ['a path', withAuthBaseUrl('https://mc.auth.marketingcloudapis.com/v2'), host],
    ['a port', withAuthBaseUrl('https://mc.auth.marketingcloudapis.com:8443'), host],
    ['a user', withAuthBaseUrl('https://u:p@mc.auth.marketingcloudapis.com'), host],
    ['another loopback name', withAuthBaseUrl('http://localhost:8080'), host],
    ['config missing', ({ stored }) => stored.deleteParameter('config'), 'does not exist'],
    [
      'client secret missing',
      ({ stored }) => stored.deleteParameter('client-secret'),
      'a SecureString',
    ],
    ['client secret empty', ({ stored }) => stored.putParameter('client-secret', ' '), 'is empty'],
    [
      'secret no JSON',
      ({ stored }) => stored.put('refresh-token'),
      'the secret sfmc/acme is not JSON',
    ],
    [
      'refresh token mistyped',
      ({ stored }) => stored.put('{"refreshToken":1}'),
      'member refreshToken that must be a text of visible ASCII characters',
    ],
    [
      'a control character in the clientId',
      withConfig({ clientId: 'a\u001b]0;title' }),
      "its config's clientId must be of visible ASCII characters",
    ],
  ] satisfies [string, Spoil, string][])(
    'in what is stored (%s) is reported, and nothing is spent or overwritten',
    async (_, spoil, problem) => {
      const world = await startDueWorld();
      spoil(world);
      const before = world.stored.stages();

      const failure = await world.rotate().catch((thrown) => thrown);

      expect(failure).toMatchObject({ code: 'InvalidConfig' });
      expect(failure.message).toMatch(/^Connection "acme"/);
      expect(failure.message).toContain(problem);
      expect(failure.message).toMatch(
        /(Correct the parameter \/sfmc\/acme\/|Put it there|Store a)/,
      );
      expect(world.provider.requests).toEqual([]);
      expect(world.stored.stages()).toEqual(before);
    },
  );

  it('in the region is reported as such', async () => {
    const world = await startDueWorld();
    world.aws.secretsManager.deleteSecret({
      SecretId: 'sfmc/acme',
      ForceDeleteWithoutRecovery: true,
    });

    await expect(world.rotate()).rejects.toMatchObject({
      code: 'InvalidConfig',
      message: expect.stringMatching(
        /^Connection "acme" in us-east-1: .*sfmc\/acme failed with .*region/,
      ),
    });

    expect(world.provider.requests).toEqual([]);
  });

  it('is any loopback host without the switch for it', async () => {
    const world = await startDueWorld();
    const settings = { ...world.invocation().settings, allowLoopbackProvider: false };

    await expect(world.rotate({}, { settings })).rejects.toMatchObject({
      code: 'InvalidConfig',
      message: expect.stringContaining(host),
    });

    expect(world.provider.requests).toEqual([]);
  });
});

describe('what hands and PowerShell put into the stores is taken', () => {
  it.each([
    [
      'a byte order mark before the secret',
      ({ stored }) => stored.put(`\uFEFF${JSON.stringify(stored.current())}`),
    ],
    [
      'a line break behind the refresh token',
      ({ stored }) => stored.put({ refreshToken: `${stored.current().refreshToken}\r\n` }),
    ],
    [
      'refresh_token for refreshToken',
      ({ stored }) => stored.put(JSON.stringify({ refresh_token: stored.current().refreshToken })),
    ],
    [
      'times that make no sense beside the refresh token',
      ({ stored }) => stored.put({ ...stored.current(), issuedAt: 'today', expiresAt: 'soon' }),
    ],
    [
      'a byte order mark before the config',
      ({ stored, provider }) =>
        stored.putParameter(
          'config',
          `\uFEFF${JSON.stringify({ authBaseUrl: provider.url, clientId: provider.clientId })}`,
          'String',
        ),
    ],
    [
      'blanks around the clientId',
      ({ stored, provider }) =>
        stored.configure({ authBaseUrl: provider.url, clientId: ` ${provider.clientId} ` }),
    ],
    [
      'a line break behind the client secret',
      ({ stored, provider }) => stored.putParameter('client-secret', `${provider.clientSecret}\n`),
    ],
    [
      'a slash behind the authBaseUrl',
      ({ stored, provider }) =>
        stored.configure({ authBaseUrl: `${provider.url}/`, clientId: provider.clientId }),
    ],
  ] satisfies [string, Spoil][])('%s', async (_, spoil) => {
    const world = await startDueWorld();
    spoil(world);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});
