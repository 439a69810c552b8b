import { longestTokenLifeMs } from '../../../lambda/core/limits';
import { interpretAnswer, interpretTokenContext } from '../../../lambda/core/providerAnswer';
import { Redacted } from '../../../lambda/core/redacted';
import './redactedEquality';

const granted = {
  accessToken: 'canary access',
  expiresIn: 3600,
  legacyToken: 'canary legacy',
  refreshToken: 'canary successor',
};
const html = '<html><body>Service canary unavailable</body></html>';

const answer = (status: number, body: unknown = '', headers: { retryAfter?: string } = {}) =>
  interpretAnswer({
    kind: 'response',
    status,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    ...headers,
  });
const tooLarge = (status: number) => interpretAnswer({ kind: 'response', status, body: undefined });

const withoutSuccessor = { ...granted, refreshToken: undefined };

describe('a 200', () => {
  it('grants its tokens and tells their life', () => {
    expect(answer(200, granted)).toStrictEqual({
      kind: 'granted',
      grant: {
        accessToken: new Redacted('canary access'),
        legacyToken: new Redacted('canary legacy'),
        refreshToken: new Redacted('canary successor'),
        expiresInMs: 3_600_000,
      },
    });
  });

  it.each([
    ['left out', {}],
    ['null', { legacyToken: null, refreshToken: null }],
    ['empty', { legacyToken: '', refreshToken: '' }],
  ])('grants an access token alone where the other two are %s', (_, others) => {
    expect(answer(200, { accessToken: 'access', expiresIn: 3600, ...others })).toStrictEqual({
      kind: 'granted',
      grant: { accessToken: new Redacted('access'), expiresInMs: 3_600_000 },
    });
  });

  it('grants whatever else it says', () => {
    expect(answer(200, { ...granted, tokenType: 'Bearer', scope: ['canary'] })).toEqual(
      answer(200, granted),
    );
  });

  it.each([1, 0.5 + 1, 3600, longestTokenLifeMs / 1_000])(
    'grants tokens that live %d seconds',
    (expiresIn) => {
      expect(answer(200, { ...granted, expiresIn })).toMatchObject({
        kind: 'granted',
        grant: { expiresInMs: expiresIn * 1_000 },
      });
    },
  );

  it.each([0, -1, -3600, 0.999, longestTokenLifeMs / 1_000 + 1, 1e15, 1e308])(
    'is unclear where tokens are to live %d seconds',
    (expiresIn) => {
      expect(answer(200, { ...withoutSuccessor, expiresIn })).toStrictEqual({
        kind: 'unclear',
        reason: 'HTTP 200 whose expiresIn must be between 1 second and a day',
      });
    },
  );

  it('is unclear where the life is more than a number can hold', () => {
    const body = '{"accessToken":"canary","expiresIn":1e999}';

    expect(answer(200, body)).toStrictEqual({
      kind: 'unclear',
      reason: 'HTTP 200 whose expiresIn must be between 1 second and a day',
    });
  });

  it.each([
    ['empty', '', 'body is empty'],
    ['white space', ' \r\n', 'body is empty'],
    ['HTML', html, 'body is not JSON'],
    ['cut off', '{"accessToken":"canary","refreshTok', 'body is not JSON'],
    ['null', 'null', 'body must be a JSON object'],
    ['a text', '"canary"', 'body must be a JSON object'],
    ['a list', '["canary"]', 'body must be a JSON object'],
    ['an empty object', '{}', 'accessToken is missing'],
    ['an error object', { message: 'canary', errorcode: 1 }, 'accessToken is missing'],
  ])('is unclear where its body is %s, and is not quoted', (_, body, problem) => {
    expect(answer(200, body)).toStrictEqual({
      kind: 'unclear',
      reason: `HTTP 200 whose ${problem}`,
    });
  });

  it('is unclear where its body was too large to be read', () => {
    expect(tooLarge(200)).toStrictEqual({
      kind: 'unclear',
      reason: 'HTTP 200 whose body is too large',
    });
  });

  it.each([
    ['accessToken', ['canary'], 'must be a string'],
    ['accessToken', 4711, 'must be a string'],
    ['accessToken', null, 'must be a string'],
    ['accessToken', '', 'must not be empty'],
    ['expiresIn', '3600 canary', 'must be a number'],
    ['expiresIn', '3600', 'must be a number'],
    ['expiresIn', null, 'must be a number'],
    ['expiresIn', undefined, 'is missing'],
    ['legacyToken', { canary: 1 }, 'must be a string'],
  ])(
    'is unclear where %s is %j, and keeps the successor that came with it',
    (field, value, problem) => {
      expect(answer(200, { ...granted, [field]: value })).toStrictEqual({
        kind: 'unclear',
        reason: `HTTP 200 whose ${field} ${problem}`,
        successor: new Redacted('canary successor'),
      });
    },
  );

  it.each([[4711], [['canary']], [{ canary: 1 }], [false]])(
    'is unclear and has no successor where refreshToken is %j',
    (refreshToken) => {
      expect(answer(200, { ...granted, refreshToken })).toStrictEqual({
        kind: 'unclear',
        reason: 'HTTP 200 whose refreshToken must be a string',
      });
    },
  );

  it('has no successor in an empty refreshToken', () => {
    expect(answer(200, { refreshToken: '' })).not.toHaveProperty('successor');
  });
});

describe('an answer other than 200', () => {
  it.each([
    ['the documented body', { message: 'Unauthorized', errorcode: 1, documentation: '' }],
    ['HTML', html],
    ['nothing', ''],
  ])('401 with %s leaves open what was refused', (_, body) => {
    expect(answer(401, body)).toStrictEqual({ kind: 'unauthorized' });
  });

  it('401 whose body was too large is a 401 all the same', () => {
    expect(tooLarge(401)).toStrictEqual({ kind: 'unauthorized' });
  });

  it.each([
    [408, ''],
    [429, { message: 'Rate limit exceeded', errorcode: 50100 }],
    [500, { message: 'Internal Server Error', errorcode: 0 }],
    [502, html],
    [503, html],
    [504, ''],
    [596, 'canary'],
    [599, 'canary'],
  ])('%d is worth repeating, and its body is not quoted', (status, body) => {
    expect(answer(status, body)).toStrictEqual({ kind: 'unclear', reason: `HTTP ${status}` });
    expect(tooLarge(status)).toStrictEqual({ kind: 'unclear', reason: `HTTP ${status}` });
  });

  it.each([201, 202, 204, 206, 299])('%d leaves open what was done', (status) => {
    expect(answer(status, granted)).toStrictEqual({ kind: 'unclear', reason: `HTTP ${status}` });
  });

  it.each([101, 199, 400, 402, 403, 404, 405, 409, 410, 415, 422, 431, 499])(
    '%d will never work, and its body is not quoted',
    (status) => {
      expect(answer(status, { message: 'canary', refreshToken: 'canary' })).toStrictEqual({
        kind: 'rejected',
        reason: `HTTP ${status}`,
      });
    },
  );

  it.each([300, 301, 302, 303, 307, 308, 399])(
    '%d is a redirect, which is not followed',
    (status) => {
      expect(answer(status)).toStrictEqual({
        kind: 'rejected',
        reason: `a redirect (HTTP ${status})`,
      });
    },
  );

  it('that never came is worth repeating, for the reason that the transport gave', () => {
    expect(interpretAnswer({ kind: 'noResponse', reason: 'no answer in time' })).toStrictEqual({
      kind: 'unclear',
      reason: 'no answer in time',
    });
  });
});

describe('the wait that a 429 or 503 asks for', () => {
  const limited = { message: 'Rate limit exceeded', errorcode: 50100 };
  const waitMs = (retryAfter: string | undefined, body: unknown, status = 429) => {
    const result = answer(status, body, retryAfter === undefined ? {} : { retryAfter });
    return result.kind === 'unclear' ? result.retryAfterMs : undefined;
  };

  it.each([
    ['5', 5_000],
    ['0', 0],
    ['120', 120_000],
  ])('is read from the header %j', (header, expected) => {
    expect(waitMs(header, '')).toBe(expected);
    expect(waitMs(header, html, 503)).toBe(expected);
  });

  it('is read from the body where there is no header', () => {
    expect(waitMs(undefined, { ...limited, retryAfter: 5 })).toBe(5_000);
    expect(waitMs(undefined, { ...limited, retryAfter: 0 }, 503)).toBe(0);
  });

  it('is the one in the header where both speak', () => {
    expect(waitMs('7', { ...limited, retryAfter: 5 })).toBe(7_000);
  });

  it.each(['', ' ', 'soon', '-1', '5 s', '1.5', 'Infinity', 'Tue, 24 Nov 2026 08:00:00 GMT'])(
    'is read from the body where the header %j is no number of seconds',
    (header) => {
      expect(waitMs(header, { ...limited, retryAfter: 5 })).toBe(5_000);
      expect(waitMs(header, limited)).toBeUndefined();
    },
  );

  it.each([['5'], [-5], [null], [['canary']]])(
    'is not read from a retryAfter of %j',
    (retryAfter) => {
      expect(answer(429, { ...limited, retryAfter })).toStrictEqual({
        kind: 'unclear',
        reason: 'HTTP 429',
      });
    },
  );

  it('may stand in the header beside a body that was too large', () => {
    const large = { kind: 'response', status: 429, retryAfter: '5', body: undefined } as const;

    expect(interpretAnswer(large)).toMatchObject({ kind: 'unclear', retryAfterMs: 5_000 });
  });
});

describe("tokenContext's answer about an access token", () => {
  const judged = (status: number, headers: { retryAfter?: string } = {}) =>
    interpretTokenContext({ kind: 'response', status, body: html, ...headers });

  it.each([200, 202, 204, 299])('%d accepts it, whatever the body', (status) => {
    expect(judged(status)).toStrictEqual({ kind: 'accepted' });
  });

  it.each([199, 300, 301, 400, 401, 403, 404])('%d refuses it', (status) => {
    expect(judged(status)).toStrictEqual({ kind: 'refused' });
  });

  it.each([408, 429, 500, 503, 596])('%d says nothing of it yet', (status) => {
    expect(judged(status, { retryAfter: '5' })).toStrictEqual({
      kind: 'unclear',
      reason: `HTTP ${status}`,
      retryAfterMs: 5_000,
    });
  });

  it('that never came says nothing of it yet', () => {
    expect(interpretTokenContext({ kind: 'noResponse', reason: 'no answer' })).toStrictEqual({
      kind: 'unclear',
      reason: 'no answer',
    });
  });
});
