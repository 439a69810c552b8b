import { longestTokenLifeMs } from '../../../lambda/core/limits';
import {
  interpretAnswer,
  mayBeTakenUp,
  type ProviderAnswer,
} from '../../../lambda/core/providerAnswer';
import { Redacted } from '../../../lambda/core/redacted';
import { nowMs } from './facts';
import { html, limited, response, unauthorized } from './httpAnswers';
import './redactedEquality';

const granted = {
  accessToken: 'canary-access',
  expiresIn: 3600,
  legacyToken: 'canary-legacy',
  refreshToken: 'canary-successor',
};
const successor = new Redacted('canary-successor');

const answer = (status: number, body: unknown = '', retryAfter?: string) =>
  interpretAnswer(response(status, body, retryAfter), nowMs);

describe('a success', () => {
  it('grants its tokens and gives their life', () => {
    expect(answer(200, granted)).toStrictEqual({
      kind: 'granted',
      grant: {
        accessToken: new Redacted('canary-access'),
        legacyToken: new Redacted('canary-legacy'),
        refreshToken: successor,
        expiresInMs: 3_600_000,
      },
    });
  });

  it('is taken whatever else it says, by any 2xx, and behind a byte order mark', () => {
    const expected = answer(200, granted);

    expect(answer(200, { ...granted, tokenType: 'Bearer', scope: ['canary'] })).toEqual(expected);
    expect(answer(201, granted)).toEqual(expected);
    expect(answer(299, granted)).toEqual(expected);
    expect(answer(200, `\uFEFF${JSON.stringify(granted)}`)).toEqual(expected);
  });

  it('is taken without the white space around its tokens', () => {
    const padded = {
      ...granted,
      accessToken: ' canary-access',
      refreshToken: 'canary-successor\n',
    };

    expect(answer(200, padded)).toEqual(answer(200, granted));
  });

  it.each([
    ['left out', {}],
    ['null', { legacyToken: null, refreshToken: null }],
    ['empty', { legacyToken: '', refreshToken: '' }],
    ['no texts', { legacyToken: 4711, refreshToken: { canary: 1 } }],
    ['of control characters', { legacyToken: 'a\u001bb', refreshToken: 'a\nb' }],
    ['of more than ASCII', { legacyToken: 'ä', refreshToken: '\u202Ea' }],
  ])('grants an access token alone if the other two are %s', (_, others) => {
    expect(answer(200, { accessToken: 'access', expiresIn: 3600, ...others })).toStrictEqual({
      kind: 'granted',
      grant: { accessToken: new Redacted('access'), expiresInMs: 3_600_000 },
    });
  });

  it.each([
    ['an empty body', '', 'body is empty'],
    ['white space', ' \r\n', 'body is empty'],
    ['a byte order mark alone', '\uFEFF', 'body is empty'],
    ['HTML', html, 'body is an HTML page'],
    ['text', 'canary', 'body is not JSON'],
    ['JSON that is cut off', '{"accessToken":"canary","refreshTok', 'body is not JSON'],
    ['null', 'null', 'body must be a JSON object'],
    ['a JSON text', '"canary"', 'body must be a JSON object'],
    ['a list', '["canary"]', 'body must be a JSON object'],
    ['an empty object', '{}', 'accessToken is missing'],
    ['an error of another kind', { error: 'canary', code: 1 }, 'accessToken is missing'],
    ['a body that was too large to be read', undefined, 'body is too large'],
  ])('with %s leaves open what was done, and is not quoted', (_, body, problem) => {
    expect(interpretAnswer(response(200, body), nowMs)).toStrictEqual({
      kind: 'indeterminate',
      reason: `HTTP 200 whose ${problem}`,
    });
  });

  it.each([
    [['canary'], 'must be a string'],
    [4711, 'must be a string'],
    [null, 'must be a string'],
    ['', 'must not be empty'],
    ['canary\u0000access', 'must be of visible ASCII characters'],
    ['canary access', 'must be of visible ASCII characters'],
    [undefined, 'is missing'],
  ])('whose access token is %j leaves the successor that came with it', (accessToken, problem) => {
    expect(answer(200, { ...granted, accessToken })).toStrictEqual({
      kind: 'indeterminate',
      reason: `HTTP 200 whose accessToken ${problem}`,
      successor,
    });
  });

  it.each([[''], [4711], ['a b'], [undefined], [null]])(
    'that is unreadable leaves no successor if refreshToken is %j',
    (refreshToken) => {
      expect(answer(200, { refreshToken })).not.toHaveProperty('successor');
    },
  );
});

describe('the life of an access token', () => {
  const lifeOf = (expiresIn: unknown) => {
    const meaning = answer(200, { ...granted, expiresIn });
    return meaning.kind === 'granted'
      ? { lifeMs: meaning.grant.expiresInMs, oddity: meaning.grant.oddity }
      : meaning;
  };

  it.each([0.5, 1, 1.5, 1_200, 3_600, longestTokenLifeMs / 1_000])(
    'is what expiresIn says: %d seconds',
    (expiresIn) => {
      expect(lifeOf(expiresIn)).toEqual({ lifeMs: expiresIn * 1_000, oddity: undefined });
    },
  );

  it.each([
    ['3600', 3_600_000],
    [' 1200 ', 1_200_000],
    ['3599.5', 3_599_500],
    ['3599.75', 3_599_750],
  ])('is read from a text of digits, with a warning: %j', (expiresIn, lifeMs) => {
    expect(lifeOf(expiresIn)).toEqual({ lifeMs, oddity: 'expiresIn is a text of digits' });
  });

  it.each([[undefined], [null]])('is an hour if expiresIn is %j, with a warning', (expiresIn) => {
    expect(lifeOf(expiresIn)).toEqual({
      lifeMs: 3_600_000,
      oddity: 'expiresIn is absent; 3600 is taken',
    });
  });

  it.each([
    [0],
    [-3600],
    ['0'],
    ['soon'],
    [''],
    ['1e3'],
    ['-5'],
    ['3600 s'],
    ['x3600'],
    [true],
    [[3600]],
    [{ canary: 1 }],
    [longestTokenLifeMs / 1_000 + 1],
    [String(longestTokenLifeMs / 1_000 + 1)],
    [1e15],
  ])('is an hour if an expiresIn of %j makes no sense, with a warning', (expiresIn) => {
    expect(lifeOf(expiresIn)).toEqual({
      lifeMs: 3_600_000,
      oddity: 'expiresIn makes no sense; 3600 is taken',
    });
  });

  it('is an hour if expiresIn is more than a number can hold', () => {
    const body = '{"accessToken":"canary","expiresIn":1e999}';

    expect(answer(200, body)).toMatchObject({ grant: { expiresInMs: 3_600_000 } });
  });
});

it('a refresh token may have been used by what was granted, and by what is indeterminate', () => {
  const kinds: Record<ProviderAnswer['kind'], ProviderAnswer> = {
    granted: answer(200, granted),
    indeterminate: answer(503, html),
    refused: answer(401, unauthorized),
    rejected: answer(400, unauthorized),
    limited: answer(429, limited),
    notSent: answer(407),
  };

  const taken = Object.entries(kinds).map(([kind, meaning]) => {
    expect(meaning.kind).toBe(kind);
    return [kind, mayBeTakenUp(meaning)];
  });

  expect(Object.fromEntries(taken)).toEqual({
    granted: true,
    indeterminate: true,
    refused: false,
    rejected: false,
    limited: false,
    notSent: false,
  });
});
