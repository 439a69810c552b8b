import { readLoginJwt } from '../../../ops/seeding/loginJwt';

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
    const rest = { apiEndpointBase: 'https://www.exacttargetapis.com/', refreshToken: null };
    const claims = { request: { user: { refreshToken: 'v1' }, rest } };

    expect(read(encoded(claims))).toEqual({ refreshToken: 'v1', restBaseUrl: undefined });
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
