import { interpretAnswer, noAnswerInTime } from '../../../lambda/core/providerAnswer';
import { nowMs } from './facts';
import { html, limited, response, unauthorized } from './httpAnswers';
import './redactedEquality';

const granted = {
  accessToken: 'canary-access',
  expiresIn: 3600,
  legacyToken: 'canary-legacy',
  refreshToken: 'canary-successor',
};
const enhanced = { message: 'canary', errorcode: 10007, documentation: '' };

const answer = (status: number, body: unknown = '', retryAfter?: string) =>
  interpretAnswer(response(status, body, retryAfter), nowMs);

describe("an answer in the provider's own words", () => {
  it('refuses with a 401; whether credentials or token, it does not say', () => {
    expect(answer(401, unauthorized)).toStrictEqual({
      kind: 'refused',
      reason: 'HTTP 401, errorcode 1 (the client credentials or the refresh token are refused)',
    });
    expect(answer(401, { ...unauthorized, errorcode: 4711 })).toStrictEqual({
      kind: 'refused',
      reason: 'HTTP 401, errorcode 4711',
    });
  });

  it.each([400, 402, 403, 404, 405, 409, 415, 422, 499])(
    'with %d says that the request will never work, by its errorcode',
    (status) => {
      expect(answer(status, { message: 'canary', errorcode: 4711 })).toStrictEqual({
        kind: 'rejected',
        reason: `HTTP ${status}, errorcode 4711`,
        isEnhancedPackage: false,
      });
    },
  );

  it.each([200, 202, 302, 400, 401, 403, 404, 429, 500, 503])(
    'with %d and 10007 says that the package is an enhanced one',
    (status) => {
      expect(answer(status, enhanced)).toStrictEqual({
        kind: 'rejected',
        reason:
          `HTTP ${status}, errorcode 10007 (this is an enhanced package: it has no legacy tokens. ` +
          'Use the client id and secret of a legacy package, or move its integrations to /v2/token)',
        isEnhancedPackage: true,
      });
    },
  );

  it('is no success, whatever its status says, and is named by its errorcode', () => {
    expect(answer(200, unauthorized)).toStrictEqual({
      kind: 'indeterminate',
      reason: 'HTTP 200, errorcode 1 (the client credentials or the refresh token are refused)',
    });
    expect(answer(201, { ...limited, retryAfter: 5 })).toMatchObject({
      reason: 'HTTP 201, errorcode 50100 (its rate limit is exceeded)',
      retryAfterMs: 5_000,
    });
  });

  it('beside tokens is one with tokens', () => {
    expect(answer(200, { ...unauthorized, ...granted })).toMatchObject({ kind: 'granted' });
    expect(answer(200, { ...unauthorized, refreshToken: 'x' })).toMatchObject({
      kind: 'indeterminate',
      successor: expect.anything(),
    });
  });

  it('asks to wait with a 429: nothing was taken up', () => {
    const reason = 'HTTP 429, errorcode 50100 (its rate limit is exceeded)';

    expect(answer(429, limited)).toStrictEqual({ kind: 'limited', reason });
    expect(answer(429, limited, '7')).toStrictEqual({
      kind: 'limited',
      reason,
      retryAfterMs: 7_000,
    });
    expect(answer(429, { ...limited, retryAfter: 5 })).toStrictEqual({
      kind: 'limited',
      reason,
      retryAfterMs: 5_000,
    });
  });

  it.each([408, 500, 502, 503, 504, 596, 599])(
    'with %d leaves open whether the request was taken up',
    (status) => {
      expect(answer(status, { message: 'canary', errorcode: 0 }, '5')).toStrictEqual({
        kind: 'indeterminate',
        reason: `HTTP ${status}, errorcode 0`,
        retryAfterMs: 5_000,
      });
    },
  );

  it.each([101, 199, 300, 302, 399])('with %d is no verdict either', (status) => {
    expect(answer(status, unauthorized).kind).toBe('indeterminate');
  });
});

describe('an answer of something in front of the provider', () => {
  const statuses = [
    ...[101, 300, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405, 408, 409, 410, 415],
    ...[418, 422, 429, 431, 451, 499, 500, 502, 503, 504, 520, 596],
  ];

  it.each(statuses)(
    'with %d is no verdict: the request may have been taken up before',
    (status) => {
      const reason = (kind: string) => ({
        kind: 'indeterminate',
        reason: `HTTP ${status} with ${kind}, not in Marketing Cloud's own words`,
      });

      expect(answer(status, html)).toStrictEqual(reason('an HTML page'));
      expect(answer(status, '')).toStrictEqual(reason('an empty body'));
      expect(answer(status, 'canary')).toStrictEqual(reason('a body that is not JSON'));
      expect(answer(status, { error: 'canary' })).toStrictEqual(reason('JSON of another shape'));
      expect(interpretAnswer(response(status, undefined), nowMs)).toStrictEqual(
        reason('a body that is too large'),
      );
    },
  );

  it('may ask to wait', () => {
    expect(answer(503, html, '120')).toMatchObject({
      kind: 'indeterminate',
      retryAfterMs: 120_000,
    });
    expect(answer(429, html, 'Tue, 24 Nov 2026 08:00:05 GMT')).toMatchObject({
      kind: 'indeterminate',
      retryAfterMs: 5_000,
    });
    expect(answer(403, { retryAfter: '1.5' })).toMatchObject({ retryAfterMs: 1_500 });
  });

  it('is no grant, though it holds tokens beside another status', () => {
    expect(answer(302, granted).kind).toBe('indeterminate');
    expect(answer(401, granted).kind).toBe('indeterminate');
  });
});

describe('a proxy that wants authentication', () => {
  it.each([
    ['HTML', html],
    ['the words of the provider', unauthorized],
    ['nothing', ''],
  ])('has passed nothing on, and says so with %s', (_, body) => {
    expect(answer(407, body)).toStrictEqual({
      kind: 'notSent',
      reason: 'HTTP 407: a proxy wants authentication',
    });
  });

  it('may ask to wait', () => {
    expect(answer(407, '', '5')).toMatchObject({ kind: 'notSent', retryAfterMs: 5_000 });
  });
});

describe('a request without an answer', () => {
  it('may have been taken up', () => {
    const lost = { kind: 'noResponse', reason: noAnswerInTime } as const;

    expect(interpretAnswer(lost, nowMs)).toStrictEqual({
      kind: 'indeterminate',
      reason: 'no answer in time',
    });
  });

  it('was not taken up if it surely never left', () => {
    const never = { kind: 'notSent', reason: 'no connection (ENOTFOUND)' } as const;

    expect(interpretAnswer(never, nowMs)).toStrictEqual(never);
  });
});
