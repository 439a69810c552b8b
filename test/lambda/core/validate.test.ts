import * as v from 'valibot';
import {
  clientSecretText,
  decodeText,
  objectOf,
  parseJson,
  requiredText,
  tokenText,
  trimTyped,
  typedText,
  typedToken,
  validate,
} from '../../../lambda/core/validate';

const schema = objectOf({
  name: requiredText,
  inner: v.optional(objectOf({ deep: requiredText })),
});

describe('validate', () => {
  it('gives the known members and drops the others', () => {
    const result = validate(schema, { name: 'a', other: 1, inner: { deep: 'b', more: 2 } });

    expect(result).toEqual({ ok: true, value: { name: 'a', inner: { deep: 'b' } } });
  });

  it.each([
    ['a missing member', {}, 'name', 'is missing'],
    ['a wrong type', { name: 4711 }, 'name', 'must be a string'],
    ['a null', { name: null }, 'name', 'must be a string'],
    ['an empty text', { name: '' }, 'name', 'must not be empty'],
    [
      'a nested member, by its path',
      { name: 'a', inner: { deep: 4711 } },
      'inner.deep',
      'must be a string',
    ],
    ['a member that is no object', { name: 'a', inner: 4711 }, 'inner', 'must be a JSON object'],
  ])('names the field of %s', (_, input, field, problem) => {
    expect(validate(schema, input)).toEqual({ ok: false, field, problem });
  });

  it.each([[null], [undefined], ['text'], [4711], [true], [[]], [[{ name: 'a' }]]])(
    'refuses %j in place of an object',
    (input) => {
      const expected = { ok: false, field: '', problem: 'must be a JSON object' };

      expect(validate(schema, input)).toEqual(expected);
      expect(validate(objectOf({ name: v.optional(requiredText) }), input)).toEqual(expected);
    },
  );

  it('names the first problem alone', () => {
    const result = validate(objectOf({ a: requiredText, b: requiredText }), { a: 1, b: 2 });

    expect(result).toEqual({ ok: false, field: 'a', problem: 'must be a string' });
  });

  it('never quotes the value that it refuses', () => {
    const inputs = ['canary', { name: ['canary'] }, { name: { canary: 'canary' } }];

    expect(JSON.stringify(inputs.map((input) => validate(schema, input)))).not.toContain('canary');
  });
});

describe('parseJson', () => {
  it.each([
    ['{"a":[1,null]}', { a: [1, null] }],
    ['null', null],
    ['"text"', 'text'],
    ['\uFEFF{}', {}],
    ['\uFEFF\uFEFF{}', {}],
    ['\r\n\uFEFF {}\n\uFEFF', {}],
    ['"\uFEFF"', '\uFEFF'],
  ])('reads %j', (text, value) => {
    expect(parseJson(text)).toEqual({ ok: true, value });
  });

  it.each([[''], ['canary'], ['{"canary":'], ["{'canary':1}"], ['{\uFEFF}'], ['\uFEFF']])(
    'refuses %j without quoting it',
    (text) => {
      expect(parseJson(text)).toEqual({ ok: false });
    },
  );
});

describe('what a hand or a shell has written', () => {
  it.each([
    ['text', 'text'],
    [' text ', 'text'],
    ['\uFEFFtext\r\n', 'text'],
    ['\n\uFEFF \ttext\uFEFF \uFEFF', 'text'],
    ['two  words', 'two  words'],
    ['\u200Btext\u200B', 'text'],
    ['\u200Etext\u2060\u00AD', 'text'],
    ['te\u200Bxt', 'te\u200Bxt'],
    ['\uFEFF \n', ''],
    ['', ''],
  ])('is taken without what stands around it: %j', (written, expected) => {
    expect(trimTyped(written)).toBe(expected);
  });

  it('is read as UTF-16 if its byte order mark says so, as PowerShell writes a file', () => {
    const utf16 = Buffer.from('\uFEFF{"a":"ä"}', 'utf16le');

    expect(decodeText(utf16)).toBe('\uFEFF{"a":"ä"}');
    expect(decodeText(utf16.swap16())).toBe('\uFEFF{"a":"ä"}');
    expect(decodeText(Buffer.from('\uFEFFä'))).toBe('\uFEFFä');
    expect(decodeText(Buffer.of())).toBe('');
  });

  it.each([
    [[0xff, 0x41], '\uFFFDA'],
    [[0xfe, 0x41], '\uFFFDA'],
    [[0x41, 0xff], 'A\uFFFD'],
    [[0x41, 0xfe], 'A\uFFFD'],
  ])('is UTF-8 if it has half a byte order mark of UTF-16: %j', (bytes, text) => {
    expect(decodeText(Buffer.from(bytes))).toBe(text);
  });

  it('is a text that is not empty', () => {
    expect(validate(typedText, ' two words\n')).toEqual({ ok: true, value: 'two words' });
    expect(validate(typedText, ' \uFEFF')).toMatchObject({ problem: 'must not be empty' });
    expect(validate(typedText, 4711)).toMatchObject({ problem: 'must be a string' });
  });
});

describe('a token', () => {
  it.each(['a', '!', '~', 'aB0-._~+/==', '{"a":1}'])('may be %j', (token) => {
    expect(validate(tokenText, token)).toEqual({ ok: true, value: token });
    expect(validate(tokenText, ` ${token}\r\n`)).toEqual({ ok: true, value: token });
  });

  it.each([
    'a b',
    'a\nb',
    'a\u001bb',
    'a\u007f',
    'a\u0080',
    'ä',
    'a\u202Eb',
    'a\uFEFFb',
    'a\u200Bb',
    '\u0000',
  ])('may not be %j, which no HTTP header can carry', (token) => {
    expect(validate(tokenText, token)).toEqual({
      ok: false,
      field: '',
      problem: 'must be of visible ASCII characters',
    });
  });

  it('may not be empty', () => {
    expect(validate(tokenText, ' ')).toMatchObject({ problem: 'must not be empty' });
  });
});

const wrapped = 'must stand there bare, without quotes or JSON around it';

describe('a token that a person has written', () => {
  it('is one that does not stand in quotes or JSON', () => {
    expect(validate(typedToken, ' a\n')).toEqual({ ok: true, value: 'a' });
    expect(validate(typedToken, '"a"')).toMatchObject({ problem: wrapped });
    expect(validate(typedToken, 'a b')).toMatchObject({
      problem: 'must be of visible ASCII characters',
    });
  });
});

describe('a client secret', () => {
  it.each(['a', ' a b ', '~!"$%', 'aB0-._~+/=='])(
    'may be %j, without what stands around it',
    (secret) => {
      expect(validate(clientSecretText, secret)).toEqual({ ok: true, value: secret.trim() });
      expect(validate(clientSecretText, `${secret}\r\n`)).toEqual({
        ok: true,
        value: secret.trim(),
      });
    },
  );

  it.each(['a\nb', 'a\tb', 'ä', 'äa', 'aä', '\u0000', 'a\u007f'])('may not be %j', (secret) => {
    expect(validate(clientSecretText, secret)).toEqual({
      ok: false,
      field: '',
      problem: 'must be one line of visible ASCII characters',
    });
  });

  it.each(['"a"', "'a'", '`a`', '{"clientSecret":"a"}', '" a "', '""', ' "a"\r\n'])(
    'may not stand in quotes or JSON: %s',
    (secret) => {
      const refused = { ok: false, field: '', problem: wrapped };

      expect(validate(clientSecretText, secret)).toEqual(refused);
    },
  );

  it.each(['"a', "a'", '{a', `"a'`, '"', '{'])('may begin or end with a quote: %s', (secret) => {
    expect(validate(clientSecretText, secret)).toEqual({ ok: true, value: secret });
  });

  it('may not be empty', () => {
    expect(validate(clientSecretText, ' ')).toMatchObject({ problem: 'must not be empty' });
  });
});
