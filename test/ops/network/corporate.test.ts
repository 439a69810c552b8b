import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDirect, proxyUrl } from '../../../ops/network/proxy';
import { certificateFile, startCorporateNetwork } from '../support/corporateNetwork';
import { runPiped } from '../support/pipedProgram';

const signedIn = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'operator',
  AWS_SECRET_ACCESS_KEY: 'local',
};
const list = (env: Readonly<Record<string, string>>) =>
  runPiped(['list'], { env: { ...signedIn, ...env } });

describe('in a network with a proxy', () => {
  it('asks AWS through it, with the authority of AWS_CA_BUNDLE', async () => {
    const { proxyUrl: url, asked, authorizations } = await startCorporateNetwork();
    const HTTPS_PROXY = url.replace('://', '://jo:s%40fe@');

    const ran = await list({ HTTPS_PROXY, AWS_CA_BUNDLE: certificateFile });

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toContain('There is no connection in this Region.');
    expect(asked).toContain('ssm.us-east-1.amazonaws.com:443');
    expect(authorizations[0]).toBe(`Basic ${Buffer.from('jo:s@fe').toString('base64')}`);
  });

  it.each([
    [407, /the proxy wants to know who asks \(HTTP 407\)\. Put user and password into HTTPS_PROXY/],
    [403, /the proxy answered with HTTP 403\. Have it let AWS's hosts through/],
  ])('names its refusal: HTTP %d', async (refusal, expected) => {
    const { proxyUrl: HTTPS_PROXY } = await startCorporateNetwork({ refusal });

    const ran = await list({ HTTPS_PROXY });

    expect(ran).toMatchObject({ exitCode: 5, stdout: '' });
    expect(ran.stderr).toMatch(expected);
  });

  it.each(['http://', 'socks5://127.0.0.1:1080', 'http://jo:pass%word@proxy:8080'])(
    'names a variable that holds no proxy, and does not quote it: %s',
    async (HTTPS_PROXY) => {
      const ran = await list({ HTTPS_PROXY });

      expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
      expect(ran.stderr).toContain('HTTPS_PROXY must be the address of an HTTP proxy');
      expect(ran.stderr).not.toContain('pass%word');
    },
  );

  it('names an authority that is not trusted, and the variables that name it', async () => {
    const { proxyUrl: HTTPS_PROXY } = await startCorporateNetwork();

    const ran = await list({ HTTPS_PROXY });

    expect(ran).toMatchObject({ exitCode: 5, stdout: '' });
    expect(ran.stderr).toMatch(
      /not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\).*AWS_CA_BUNDLE.*NODE_EXTRA_/,
    );
  });

  it('names a bundle that cannot be read', async () => {
    const AWS_CA_BUNDLE = path.join(mkdtempSync(path.join(tmpdir(), 'ops-')), 'none.pem');

    const ran = await list({ AWS_CA_BUNDLE });

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`AWS_CA_BUNDLE names ${AWS_CA_BUNDLE}, which cannot be read.`);
  });

  it('names a host that is not found', async () => {
    const ran = await list({ HTTPS_PROXY: 'http://proxy.invalid:3128' });

    expect(ran).toMatchObject({ exitCode: 5, stdout: '' });
    expect(ran.stderr).toMatch(
      /of its host, or of the proxy, is not found \((ENOTFOUND|EAI_AGAIN)\)/,
    );
  });
});

describe('NO_PROXY', () => {
  const env = { NO_PROXY: 'example.com, .internal,vpce.amazonaws.com:443' };

  it.each([
    ['example.com', true],
    ['a.example.com', true],
    ['badexample.com', false],
    ['x.internal', true],
    ['a.vpce.amazonaws.com', true],
    ['ssm.eu-west-1.amazonaws.com', false],
    ['127.0.0.1', true],
  ])('judges %s: directly is %s', (host, expected) => {
    expect(isDirect(host, env)).toBe(expected);
  });

  it('leaves out all hosts by *, and the lower spelling goes first', () => {
    expect(isDirect('x.com', { no_proxy: '*', NO_PROXY: 'y.com' })).toBe(true);
    expect(proxyUrl({ https_proxy: 'http://a', HTTPS_PROXY: 'http://b' })).toBe('http://a');
  });
});
