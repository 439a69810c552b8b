import fc from 'fast-check';
import { Redacted } from '../../../lambda/core/redacted';
import {
  apiBaseUrlsOf,
  isNewer,
  issuedAtMsOf,
  parseStoredTokens,
  refreshTokenIssuedAtMsOf,
  refreshTokenOf,
  serializeTokenSet,
  type TokenSet,
} from '../../../lambda/core/tokenSet';
import { issued, minuteMs, nowMs, seeded, versionOf } from './facts';
import './redactedEquality';

const full = {
  accessToken: 'access',
  legacyToken: 'legacy',
  refreshToken: 'refresh',
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
  restBaseUrl: 'https://a.rest.marketingcloudapis.com',
  soapBaseUrl: 'https://a.soap.marketingcloudapis.com/Service.asmx',
};

const { restBaseUrl, soapBaseUrl } = full;
const fullTokenSet: TokenSet = {
  accessToken: new Redacted('access'),
  legacyToken: new Redacted('legacy'),
  refreshToken: new Redacted('refresh'),
  issuedAtMs: Date.UTC(2026, 10, 24, 8),
  expiresAtMs: Date.UTC(2026, 10, 24, 9),
  restBaseUrl,
  soapBaseUrl,
};

const parse = (value: unknown) => parseStoredTokens(JSON.stringify(value));
const without = (...names: (keyof typeof full)[]) =>
  Object.fromEntries(
    Object.entries(full).filter(([name]) => !names.some((other) => other === name)),
  );

describe('parseStoredTokens', () => {
  it('reads a token set', () => {
    expect(parse(full)).toStrictEqual({
      ok: true,
      value: { kind: 'issued', tokenSet: fullTokenSet },
    });
  });

  it('reads a token set without the members that are not always known', () => {
    const { legacyToken: _l, restBaseUrl: _r, soapBaseUrl: _s, ...tokenSet } = fullTokenSet;

    expect(parse(without('legacyToken', 'restBaseUrl', 'soapBaseUrl'))).toStrictEqual({
      ok: true,
      value: { kind: 'issued', tokenSet },
    });
  });

  it('reads when an older refresh token was issued, and leaves out what makes no sense', () => {
    const refreshTokenIssuedAt = '2026-01-01T00:00:00.000Z';

    expect(parse({ ...full, refreshTokenIssuedAt })).toStrictEqual({
      ok: true,
      value: {
        kind: 'issued',
        tokenSet: { ...fullTokenSet, refreshTokenIssuedAtMs: Date.UTC(2026, 0, 1) },
      },
    });
    expect(parse({ ...full, refreshTokenIssuedAt: 'lately' })).toStrictEqual(parse(full));
  });

  it('drops unknown members', () => {
    expect(parse({ ...full, note: 'x', expiresAtMs: 1 })).toStrictEqual(parse(full));
    expect(parse({ refreshToken: 'refresh', note: 'x' })).toStrictEqual(
      parse({ refreshToken: 'refresh' }),
    );
  });

  it.each([{}, { refreshToken: '' }, { note: 'replace me' }, without('refreshToken')])(
    'takes %j for not seeded',
    (value) => {
      expect(parse(value)).toEqual({ ok: true, value: { kind: 'notSeeded' } });
    },
  );

  it('takes a refresh token alone for a seed, with the addresses that stand beside it', () => {
    const refreshToken = new Redacted('refresh');

    expect(parse({ refreshToken: 'refresh' })).toStrictEqual({
      ok: true,
      value: { kind: 'seeded', refreshToken },
    });
    expect(parse({ refreshToken: 'refresh', restBaseUrl })).toStrictEqual({
      ok: true,
      value: { kind: 'seeded', refreshToken, restBaseUrl },
    });
  });

  it.each(['accessToken', 'issuedAt', 'expiresAt'] as const)(
    'takes a token set without %s for a seed, since its access token cannot be relied on',
    (name) => {
      expect(parse(without(name))).toMatchObject({
        value: { kind: 'seeded', refreshToken: new Redacted('refresh') },
      });
    },
  );

  it('reads times with an offset, as other languages write them', () => {
    const written = { ...full, issuedAt: '2026-11-24T09:30:00.250000+01:30' };

    expect(parse(written)).toMatchObject({
      value: { tokenSet: { issuedAtMs: Date.UTC(2026, 10, 24, 8, 0, 0, 250) } },
    });
  });

  it.each(Object.keys(full))('names the field %s when it is no string', (field) => {
    const problem = 'must be a string';

    for (const wrong of [4711, { canary: 1 }, ['canary'], true, null]) {
      expect(parse({ ...full, [field]: wrong })).toEqual({ ok: false, field, problem });
    }
  });

  it.each(['accessToken', 'legacyToken', 'restBaseUrl', 'soapBaseUrl'])(
    'refuses an empty %s',
    (field) => {
      expect(parse({ ...full, [field]: '' })).toEqual({
        ok: false,
        field,
        problem: 'must not be empty',
      });
    },
  );

  it.each(['issuedAt', 'expiresAt'])('refuses a %s that is not an ISO 8601 time', (field) => {
    for (const wrong of ['canary', '', '2026-13-24T08:00:00Z', '4711', '24 Nov 2026 08:00']) {
      expect({ wrong, ...parse({ ...full, [field]: wrong }) }).toEqual({
        wrong,
        ok: false,
        field,
        problem: 'must be an ISO 8601 time',
      });
    }
  });

  it('refuses a time whose offset has no minutes, which Date cannot read', () => {
    expect(parse({ ...full, expiresAt: '2026-11-24T09:00:00+01' })).toEqual({
      ok: false,
      field: 'expiresAt',
      problem: 'must be an ISO 8601 time',
    });
  });

  it.each(['', 'canary', '{"refreshToken":"canary"', "{'refreshToken':'canary'}"])(
    'refuses %j, which is not JSON, without quoting it',
    (text) => {
      expect(parseStoredTokens(text)).toEqual({ ok: false, field: '', problem: 'is not JSON' });
    },
  );

  it.each([null, 'canary', 4711, true, ['canary'], [{ refreshToken: 'canary' }]])(
    'refuses %j, which is no JSON object, without quoting it',
    (value) => {
      expect(parse(value)).toEqual({ ok: false, field: '', problem: 'must be a JSON object' });
    },
  );
});

describe('refreshTokenIssuedAtMsOf', () => {
  const createdAtMs = Date.UTC(2025, 0, 1);
  const tokens = (tokenSet: TokenSet) => ({ kind: 'issued', tokenSet }) as const;

  it('is the time of the token set, unless the refresh token is older', () => {
    const older = { ...fullTokenSet, refreshTokenIssuedAtMs: Date.UTC(2026, 0, 1) };

    expect(refreshTokenIssuedAtMsOf({ tokens: tokens(fullTokenSet), createdAtMs })).toBe(
      fullTokenSet.issuedAtMs,
    );
    expect(refreshTokenIssuedAtMsOf({ tokens: tokens(older), createdAtMs })).toBe(
      Date.UTC(2026, 0, 1),
    );
  });

  it('is the time of seeding where nothing else is known', () => {
    const seed = { kind: 'seeded', refreshToken: new Redacted('refresh') } as const;

    expect(refreshTokenIssuedAtMsOf({ tokens: seed, createdAtMs })).toBe(createdAtMs);
  });
});

describe('serializeTokenSet', () => {
  it('says when the refresh token was issued only where it is older', () => {
    const older = { ...fullTokenSet, refreshTokenIssuedAtMs: Date.UTC(2026, 0, 1) };

    expect(JSON.parse(serializeTokenSet(older))).toEqual({
      ...full,
      refreshTokenIssuedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(JSON.parse(serializeTokenSet(fullTokenSet))).not.toHaveProperty('refreshTokenIssuedAt');
  });

  it('writes the documented members, readable in any language', () => {
    expect(JSON.parse(serializeTokenSet(fullTokenSet))).toEqual(full);
  });

  it('leaves out what is not known', () => {
    const { legacyToken: _l, restBaseUrl: _r, soapBaseUrl: _s, ...tokenSet } = fullTokenSet;

    expect(JSON.parse(serializeTokenSet(tokenSet))).toStrictEqual(
      without('legacyToken', 'restBaseUrl', 'soapBaseUrl'),
    );
  });

  it('gives back every token set that it wrote', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    const token = text.map((value) => new Redacted(value));
    const timeMs = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    const tokenSets: fc.Arbitrary<TokenSet> = fc.record(
      {
        accessToken: token,
        legacyToken: token,
        refreshToken: token,
        issuedAtMs: timeMs,
        expiresAtMs: timeMs,
        restBaseUrl: text,
        soapBaseUrl: text,
      },
      {
        requiredKeys: ['accessToken', 'refreshToken', 'issuedAtMs', 'expiresAtMs'],
        noNullPrototype: true,
      },
    );

    fc.assert(
      fc.property(tokenSets, (tokenSet) => {
        expect(parseStoredTokens(serializeTokenSet(tokenSet))).toStrictEqual({
          ok: true,
          value: { kind: 'issued', tokenSet },
        });
      }),
    );
  });
});

describe('what is stored', () => {
  it('tells its refresh token', () => {
    expect(refreshTokenOf({ kind: 'notSeeded' })).toBeUndefined();
    expect(refreshTokenOf(seeded('first'))).toEqual(new Redacted('first'));
    expect(refreshTokenOf({ kind: 'issued', tokenSet: issued('next') })).toEqual(
      new Redacted('next'),
    );
  });

  it('tells the addresses that it holds, and nothing else', () => {
    const { restBaseUrl: _, ...partly } = fullTokenSet;

    expect(apiBaseUrlsOf({ kind: 'notSeeded' })).toEqual({});
    expect(apiBaseUrlsOf(seeded('first'))).toStrictEqual({});
    expect(apiBaseUrlsOf({ ...seeded('first'), restBaseUrl })).toStrictEqual({ restBaseUrl });
    expect(apiBaseUrlsOf({ kind: 'issued', tokenSet: partly })).toStrictEqual({ soapBaseUrl });
  });

  it('was issued when it says so; a seed when it was stored', () => {
    const createdAtMs = nowMs - 7 * minuteMs;
    const tokenSet = issued('next', { ageMs: 30 * minuteMs });

    expect(issuedAtMsOf({ createdAtMs, tokens: { kind: 'issued', tokenSet } })).toBe(
      nowMs - 30 * minuteMs,
    );
    expect(issuedAtMsOf({ createdAtMs, tokens: seeded('first') })).toBe(createdAtMs);
  });
});

describe('isNewer', () => {
  const current = versionOf(issued('current', { ageMs: 30 * minuteMs }));

  it.each([
    ['issued later', 'other', 30 * minuteMs - 1, true],
    ['issued at the same time', 'other', 30 * minuteMs, false],
    ['issued earlier', 'other', 30 * minuteMs + 1, false],
    ['with the same refresh token, though issued later', 'current', 10 * minuteMs, false],
  ])('judges a token set %s', (_, refreshToken, ageMs, expected) => {
    expect(isNewer(issued(refreshToken, { ageMs }), current)).toBe(expected);
  });

  it('is true of any token set while AWSCURRENT holds none', () => {
    const empty = versionOf({ kind: 'notSeeded' }, { createdAtMs: nowMs });

    expect(isNewer(issued('other', { ageMs: 700 * 24 * 60 * minuteMs }), empty)).toBe(true);
  });

  it('compares with when a seed was stored, so that a re-seeded secret stays', () => {
    const reseeded = versionOf(seeded('first'), { createdAtMs: nowMs - 30 * minuteMs });

    expect(isNewer(issued('other', { ageMs: 31 * minuteMs }), reseeded)).toBe(false);
    expect(isNewer(issued('other', { ageMs: 29 * minuteMs }), reseeded)).toBe(true);
  });
});
