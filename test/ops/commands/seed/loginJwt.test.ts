import { readLoginJwt } from '../../../../ops/commands/seed/seedDocument';

const encoded = (claims: unknown) =>
  ['e30', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'c2ln'].join('.');
const read = (text: string) => {
  const jwt = readLoginJwt(text, { allowLoopback: false });
  return jwt.ok
    ? { refreshToken: jwt.value.refreshToken.reveal(), restBaseUrl: jwt.value.restBaseUrl }
    : `${jwt.field} ${jwt.problem}`.trim();
};

describe('a login JWT', () => {
  it('brings the refresh token of claims version 2 and the REST host without its last slash', () => {
    const claims = {
      exp: 1,
      request: {
        rest: {
          refreshToken: 'v2',
          apiEndpointBase: 'https://mc-sub.rest.marketingcloudapis.com/',
        },
      },
    };

    expect(read(encoded(claims))).toEqual({
      refreshToken: 'v2',
      restBaseUrl: 'https://mc-sub.rest.marketingcloudapis.com',
    });
    expect(read(`  ${JSON.stringify(claims, null, 2)}\n`)).toEqual(read(encoded(claims)));
  });

  it('brings the refresh token of claims version 1', () => {
    const rest = { apiEndpointBase: 'https://example.com/', refreshToken: null };
    const claims = { request: { user: { refreshToken: 'v1' }, rest } };

    expect(read(encoded(claims))).toEqual({ refreshToken: 'v1', restBaseUrl: undefined });
  });

  it.each(['https://www.exacttargetapis.com/', ' HTTPS://WWW.ExactTargetAPIs.com'])(
    'brings the REST host of the shared stacks: %j',
    (apiEndpointBase) => {
      const claims = { request: { rest: { refreshToken: 'v2', apiEndpointBase } } };

      expect(read(encoded(claims))).toEqual({
        refreshToken: 'v2',
        restBaseUrl: 'https://www.exacttargetapis.com',
      });
    },
  );

  it('names every address in it, which show whose tenant it is of', () => {
    const authEndpoint = 'https://mc-sub.auth.marketingcloudapis.com/v1/requestToken';
    const claims = {
      request: {
        rest: { refreshToken: 'v2', authEndpoint, apiEndpointBase: 'HTTPS://a/' },
        application: { redirectUrl: 'https://app.example.com/', id: 'no address' },
      },
    };

    const jwt = readLoginJwt(JSON.stringify(claims), { allowLoopback: false });

    expect(jwt.ok && jwt.value.addresses).toEqual([
      authEndpoint,
      'HTTPS://a/',
      'https://app.example.com/',
    ]);
  });

  it('is taken with what hands and shells put around it', () => {
    const claims = { request: { user: { refreshToken: '\uFEFF v1\r\n' } } };

    expect(read(`\uFEFF ${encoded(claims)} \n`)).toMatchObject({ refreshToken: 'v1' });
  });

  it.each([
    ['not a JWT', 'is neither an encoded JWT nor its decoded claims as JSON'],
    ['a.b', 'is neither an encoded JWT nor its decoded claims as JSON'],
    ['{"request"', 'is neither an encoded JWT nor its decoded claims as JSON'],
    ['{}', 'request is missing'],
    [encoded({ request: {} }), 'request holds neither rest.refreshToken nor user.refreshToken'],
    [
      encoded({ request: { user: { refreshToken: 7 } } }),
      'request.user.refreshToken must be a string',
    ],
  ])('is refused without being quoted: %s', (text, problem) => {
    expect(read(text)).toBe(problem);
  });

  it('never sends a token to a host that is not Marketing Cloud', () => {
    const rest = { refreshToken: 'v2', apiEndpointBase: 'https://example.com/' };

    expect(read(encoded({ request: { rest } }))).toEqual({
      refreshToken: 'v2',
      restBaseUrl: undefined,
    });
  });
});
