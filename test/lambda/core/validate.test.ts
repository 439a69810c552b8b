import * as v from 'valibot';
import { objectOf, parseJson, requiredText, validate } from '../../../lambda/core/validate';

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

  it('tells the first problem alone', () => {
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
  ])('reads %s', (text, value) => {
    expect(parseJson(text)).toEqual({ ok: true, value });
  });

  it.each([[''], ['canary'], ['{"canary":'], ["{'canary':1}"]])(
    'refuses %s without quoting it',
    (text) => {
      expect(parseJson(text)).toEqual({ ok: false });
    },
  );
});
