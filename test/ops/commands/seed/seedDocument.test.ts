import { readSeedDocument } from '../../../../ops/commands/seed/seedDocument';

const read = (document: unknown) =>
  readSeedDocument(typeof document === 'string' ? document : JSON.stringify(document), {
    allowLoopback: false,
  });
const problemOf = (document: unknown) => {
  const parsed = read(document);
  return parsed.ok ? undefined : `${parsed.field} ${parsed.problem}`.trim();
};

describe('the document of seed --stdin', () => {
  it('brings what it holds, without line ends', () => {
    const parsed = read({
      clientSecret: '\uFEFF secret\r\n',
      refreshToken: ' token\n',
      restBaseUrl: 'https://MC-sub.rest.marketingcloudapis.com/',
    });

    if (!parsed.ok) throw new Error(parsed.problem);
    const { clientSecret, firstToken, restBaseUrl } = parsed.value;
    expect(clientSecret?.reveal()).toBe('secret');
    expect(firstToken?.refreshToken.reveal()).toBe('token');
    expect(restBaseUrl).toBe('https://mc-sub.rest.marketingcloudapis.com');
  });

  it.each(['refresh_token', 'RefreshToken', 'refresh-token'])('takes %s as well', (name) => {
    const parsed = read({ [name]: 'token' });

    expect(parsed.ok && parsed.value.firstToken?.refreshToken.reveal()).toBe('token');
  });

  it('is read with a byte order mark, as PowerShell writes one', () => {
    expect(read('\uFEFF{}')).toEqual({ ok: true, value: {} });
  });

  it('brings the REST host of the shared stacks', () => {
    const parsed = read({ restBaseUrl: 'https://WWW.exacttargetapis.com/' });

    expect(parsed.ok && parsed.value.restBaseUrl).toBe('https://www.exacttargetapis.com');
  });

  it('may hold nothing', () => {
    expect(read({})).toEqual({ ok: true, value: {} });
  });

  it('takes a JWT, encoded or as its claims', () => {
    const claims = { request: { rest: { refreshToken: 'token' } } };

    for (const jwt of [claims, JSON.stringify(claims)]) {
      const parsed = read({ jwt });
      expect(parsed.ok && parsed.value.firstToken?.refreshToken.reveal()).toBe('token');
    }
  });

  it.each([
    ['no JSON', 'is not JSON'],
    [[], 'must be a JSON object'],
    [
      { token: 'x' },
      'token is not known; the members are clientSecret, refreshToken, jwt, restBaseUrl',
    ],
    [{ refreshToken: 'x', refresh_token: 'y' }, 'refreshToken is there twice, in two spellings'],
    [{ refreshToken: 'a b' }, 'refreshToken must be of visible ASCII characters'],
    [
      { refreshToken: '"a"' },
      'refreshToken must stand there bare, without quotes or JSON around it',
    ],
    [
      { clientSecret: "'a'" },
      'clientSecret must stand there bare, without quotes or JSON around it',
    ],
    [{ clientSecret: 'a\u0007' }, 'clientSecret must be of visible ASCII characters'],
    [
      { constructor: 'x' },
      'constructor is not known; the members are clientSecret, refreshToken, jwt, restBaseUrl',
    ],
    [
      { 'eyJ0b2tlbiI6MX0.x': 1 },
      'member is not known; the members are clientSecret, refreshToken, jwt, restBaseUrl',
    ],
    [{ refreshToken: '' }, 'refreshToken must not be empty'],
    [{ refreshToken: null }, 'refreshToken must be a string'],
    [{ refreshToken: 'x', jwt: 'y' }, 'jwt must not stand beside refreshToken: give one of them'],
    [{ jwt: 7 }, 'jwt must be a JWT'],
    [{ jwt: 'y' }, 'jwt is neither an encoded JWT nor its decoded claims as JSON'],
    [
      { restBaseUrl: 'https://example.com' },
      'restBaseUrl must be https://SUBDOMAIN.rest.marketingcloudapis.com or ' +
        'https://www.exacttargetapis.com',
    ],
  ])('is refused by the name of the member: %j', (document, problem) => {
    expect(problemOf(document)).toBe(problem);
  });
});
