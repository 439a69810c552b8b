import { certificateFile, startCorporateNetwork } from '../support/corporateNetwork';
import { startOpsWorld } from '../support/opsWorld';
import { runPiped } from '../support/pipedProgram';

const authHost = 'tenant.auth.marketingcloudapis.com';

async function seedThrough(
  network: Parameters<typeof startCorporateNetwork>[0],
  env: Readonly<Record<string, string>> = {},
) {
  const world = await startOpsWorld({ now: Date.now });
  world.stored().configure({ authBaseUrl: `https://${authHost}`, clientId: 'id' });
  const { proxyUrl, asked } = await startCorporateNetwork(network);
  const ran = await runPiped(
    ['seed', 'acme', '--stdin', '--local', '--endpoint-url', world.aws.url],
    {
      stdin: JSON.stringify({ refreshToken: world.nextSecret() }),
      env: { HTTPS_PROXY: proxyUrl, ...env },
    },
  );
  return { ran, asked };
}

describe('ops seed in a network with a proxy', () => {
  it('reaches Marketing Cloud through it', async () => {
    const body = JSON.stringify({ message: 'No', errorcode: 1, documentation: '' });

    const { ran, asked } = await seedThrough(
      { answer: { status: 401, body } },
      { NODE_EXTRA_CA_CERTS: certificateFile },
    );

    expect(asked).toContain(`${authHost}:443`);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('Marketing Cloud refuses the client secret');
  });

  it.each([
    ['the proxy wants to know who asks', { refusal: 407 }, 'HTTP 407'],
    ['the proxy refuses', { refusal: 403 }, 'ECONNREFUSED'],
    ['the proxy hangs up', { refusal: 'reset' as const }, 'ECONNRESET'],
    ['the authority is not trusted', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('says at once that the refresh token is unused if %s', async (_, network, expected) => {
    const { ran, asked } = await seedThrough(network);

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain(expected);
    expect(ran.stderr).toMatch(/refresh token is unused, and nothing was stored/);
    expect(asked).toEqual([`${authHost}:443`]);
  });
});
