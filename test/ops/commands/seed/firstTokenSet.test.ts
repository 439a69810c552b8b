import { Redacted } from '../../../../lambda/core/redacted';
import { firstTokenSet } from '../../../../ops/commands/seed/firstExchange';

const granted = {
  kind: 'granted',
  grant: { accessToken: new Redacted('access'), expiresInMs: 3_600_000 },
  sentAtMs: 1_000,
  isOnlyUse: true,
} as const;
const sent = new Redacted('first');

describe('the first token set', () => {
  it('counts the token from when it was asked for, and keeps a refresh token without successor', () => {
    const restBaseUrl = 'https://tenant.rest.marketingcloudapis.com';

    const tokenSet = firstTokenSet(granted, sent, { restBaseUrl });

    expect(tokenSet).toEqual({
      accessToken: granted.grant.accessToken,
      refreshToken: sent,
      issuedAtMs: 1_000,
      expiresAtMs: 3_601_000,
      refreshTokenIssuedAtMs: 1_000,
      restBaseUrl,
    });
  });

  it('takes the successor and the SOAP token if they came', () => {
    const refreshToken = new Redacted('next');
    const legacyToken = new Redacted('legacy');
    const grant = { ...granted.grant, refreshToken, legacyToken };

    const tokenSet = firstTokenSet({ ...granted, grant }, sent, {});

    expect(tokenSet).toMatchObject({ refreshToken, legacyToken });
    expect(tokenSet).not.toHaveProperty('refreshTokenIssuedAtMs');
  });
});
