import fc from 'fast-check';
import { Redacted } from '../../../lambda/core/redacted';
import {
  apiBaseUrlsOf,
  isExtendedSet,
  issuedAtMsOf,
  parseStoredTokens,
  refreshTokenIssuedAtMsOf,
  refreshTokenOf,
  serializeTokenSet,
  type TokenSet,
} from '../../../lambda/core/tokenSet';
import { issued, minuteMs, nowMs, seeded } from './facts';
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

  it.each([
    {},
    { refreshToken: '' },
    { refreshToken: ' \r\n' },
    { refreshToken: '\uFEFF' },
    { note: 'replace me' },
    without('refreshToken'),
  ])('takes %j for not seeded', (value) => {
    expect(parse(value)).toEqual({ ok: true, value: { kind: 'notSeeded' } });
  });

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

  it.each(['legacyToken', 'restBaseUrl', 'soapBaseUrl'] as const)(
    'leaves out a %s that makes no sense: it must not cost the tokens beside it',
    (name) => {
      for (const wrong of [4711, { canary: 1 }, ['canary'], true, null, '', ' ']) {
        expect(parse({ ...full, [name]: wrong })).toStrictEqual(parse(without(name)));
      }
    },
  );

  it.each([
    ['accessToken', [4711, null, '', 'a b', 'a\u001bb', 'ä']],
    ['issuedAt', [4711, null, '', 'canary', '2026-13-24T08:00:00Z', '4711', '24 Nov 2026 08:00']],
    ['expiresAt', [4711, null, '', 'canary', '2026-11-24', 'at 2026-11-24T08:00:00Z']],
    ['expiresAt', ['+002026-11-24T09:00:00Z']],
    // Date cannot read an offset without minutes.
    ['expiresAt', ['2026-11-24T09:00:00+01']],
  ] as const)('takes a token set whose %s is one of %j for a seed', (name, values) => {
    for (const wrong of values) {
      expect(parse({ ...full, [name]: wrong })).toStrictEqual(parse(without(name)));
    }
  });

  it.each([
    ['a byte order mark', `\uFEFF${JSON.stringify(full)}`],
    ['line breaks', JSON.stringify({ ...full, refreshToken: 'refresh\r\n' })],
    ['blanks', JSON.stringify({ ...full, refreshToken: ' refresh', accessToken: 'access\t' })],
    ['several marks', `\uFEFF \uFEFF${JSON.stringify(full)}\uFEFF`],
    ['zero-width characters', `\u200B${JSON.stringify(full)}\u200B`],
    ['some within', JSON.stringify({ ...full, refreshToken: '\u200Brefresh\u2060' })],
    ['a mark within', JSON.stringify({ ...full, refreshToken: '\uFEFFrefresh\uFEFF' })],
    ['times with blanks', JSON.stringify({ ...full, issuedAt: ` ${full.issuedAt} ` })],
  ])('takes what hands and shells put around it: %s', (_, text) => {
    expect(parseStoredTokens(text)).toStrictEqual(parse(full));
  });

  it.each([
    'refresh_token',
    'RefreshToken',
    'refreshtoken',
    'REFRESH-TOKEN',
    'refresh-token',
    'refresh token',
    'refreshToken ',
  ])('takes %s for refreshToken', (name) => {
    expect(parse({ ...without('refreshToken'), [name]: 'refresh' })).toStrictEqual(parse(full));
  });

  it.each(['', ' ', null])(
    'takes it beside a refreshToken of %j, as a template has it',
    (refreshToken) => {
      expect(parse({ ...full, refreshToken, refresh_token: 'refresh' })).toStrictEqual(parse(full));
    },
  );

  it('takes the one of several spellings that is not empty', () => {
    const spelled = { ...without('refreshToken'), RefreshToken: '', refresh_token: 'refresh' };

    expect(parse(spelled)).toStrictEqual(parse(full));
  });

  it('takes the documented spelling if both are there', () => {
    expect(parse({ refresh_token: 'other', ...full })).toStrictEqual(parse(full));
  });

  it.each([
    4711,
    null,
    ['canary'],
    { canary: 1 },
    true,
    'canary token',
    'canary\u001b[31m',
    'canary\u0000',
    'cänary',
  ])('names the refresh token if it is %j, and does not quote it', (refreshToken) => {
    const refused = {
      ok: false,
      field: 'refreshToken',
      problem: 'must be a text of visible ASCII characters',
    };

    expect(parse({ ...full, refreshToken })).toEqual(refused);
    expect(parse({ refresh_token: refreshToken })).toEqual(refused);
  });

  it.each(['"canary"', "'canary'", '{"refreshToken":"canary"}'])(
    'names a seeded refresh token that stands in quotes or JSON, as a shell may leave it: %s',
    (refreshToken) => {
      expect(parse({ refreshToken })).toEqual({
        ok: false,
        field: 'refreshToken',
        problem: 'must stand there bare, without quotes or JSON around it',
      });
      // What the provider has given is its own matter.
      expect(parse({ ...full, refreshToken })).toMatchObject({ ok: true });
    },
  );

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

  it('is the time of seeding if nothing else is known', () => {
    const seed = { kind: 'seeded', refreshToken: new Redacted('refresh') } as const;

    expect(refreshTokenIssuedAtMsOf({ tokens: seed, createdAtMs })).toBe(createdAtMs);
  });
});

describe('serializeTokenSet', () => {
  it('says when the refresh token was issued only if it is older', () => {
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
    const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    const token = fc.string({ unit: visible, minLength: 1 }).map((value) => new Redacted(value));
    const text = fc.webUrl();
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
  it('gives its refresh token', () => {
    expect(refreshTokenOf({ kind: 'notSeeded' })).toBeUndefined();
    expect(refreshTokenOf(seeded('first'))).toEqual(new Redacted('first'));
    expect(refreshTokenOf({ kind: 'issued', tokenSet: issued('next') })).toEqual(
      new Redacted('next'),
    );
  });

  it('gives the addresses that it holds, and nothing else', () => {
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

describe('an answer that brought no refresh token', () => {
  it('is known by the time of the older one that was stored again', () => {
    const extended = { ...issued('again'), refreshTokenIssuedAtMs: nowMs };

    expect(isExtendedSet({ kind: 'issued', tokenSet: extended })).toBe(true);
    expect(isExtendedSet({ kind: 'issued', tokenSet: issued('next') })).toBe(false);
    expect(isExtendedSet(seeded('first'))).toBe(false);
  });
});
