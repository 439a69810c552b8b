import { Redacted } from '../../../lambda/core/redacted';
import type { StoredTokens } from '../../../lambda/core/tokenSet';
import { firstTokenSet } from '../../../ops/seeding/firstTokenSet';

const granted = {
  kind: 'granted',
  grant: { accessToken: new Redacted('access'), expiresInMs: 3_600_000 },
  sentAtMs: 1_000,
} as const;
const refreshToken = new Redacted('first');
const rest = (subdomain: string) => `https://${subdomain}.rest.marketingcloudapis.com`;
const stored: StoredTokens = { kind: 'seeded', refreshToken, restBaseUrl: rest('stored') };
const shared = 'https://auth.exacttargetapis.com';

describe('the first token set', () => {
  it('counts the token from when it was asked for, and keeps a refresh token without successor', () => {
    const tokenSet = firstTokenSet(granted, { kind: 'notSeeded' }, shared, {
      firstToken: { refreshToken },
    });

    expect(tokenSet).toEqual({
      accessToken: granted.grant.accessToken,
      refreshToken,
      issuedAtMs: 1_000,
      expiresAtMs: 3_601_000,
    });
  });

  it('takes the successor and the SOAP token where they came', () => {
    const grant = {
      ...granted.grant,
      refreshToken: new Redacted('next'),
      legacyToken: new Redacted('legacy'),
    };

    const tokenSet = firstTokenSet({ ...granted, grant }, stored, shared, {
      firstToken: { refreshToken },
    });

    expect(tokenSet).toMatchObject({
      refreshToken: grant.refreshToken,
      legacyToken: grant.legacyToken,
    });
  });

  it.each([
    ['keeps the stored REST host', shared, {}, rest('stored')],
    ['takes the one that was brought', shared, { restBaseUrl: rest('brought') }, rest('brought')],
    [
      "takes the login's",
      shared,
      { firstToken: { refreshToken, restBaseUrl: rest('login') } },
      rest('login'),
    ],
    [
      "takes the token endpoint's own above all",
      'https://tenant.auth.marketingcloudapis.com',
      { restBaseUrl: rest('brought') },
      rest('tenant'),
    ],
  ])('%s', (_name, authBaseUrl, brought, restBaseUrl) => {
    const tokenSet = firstTokenSet(granted, stored, authBaseUrl, {
      firstToken: { refreshToken },
      ...brought,
    });

    expect(tokenSet.restBaseUrl).toBe(restBaseUrl);
  });
});
