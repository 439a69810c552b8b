import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { Redacted } from '../../../lambda/core/redacted';

const printed = {
  'string conversion': (secret: Redacted) => String(secret),
  'a template': (secret: Redacted) => `token ${secret}`,
  'an error message': (secret: Redacted) => String(new Error(`refused ${secret}`)),
  JSON: (secret: Redacted) => JSON.stringify({ nested: [secret] }),
  'inspect, hidden members shown': (secret: Redacted) => inspect({ secret }, { showHidden: true }),
  'every kind of format': (secret: Redacted) =>
    format('%s %o %O %j', secret, secret, secret, secret),
  'its members': (secret: Redacted) =>
    JSON.stringify([{ ...secret }, Reflect.ownKeys(secret), Object.entries(secret)]),
};

describe('a redacted value', () => {
  it('is revealed only when asked for', () => {
    expect(new Redacted('s3cret').reveal()).toBe('s3cret');
  });

  it.each(Object.entries(printed))('is not shown by %s', (_, print) => {
    const value = fc.string({ unit: 'grapheme-ascii', minLength: 12 });

    fc.assert(
      fc.property(value, (text) => {
        // JSON and inspect may escape quotes, so pieces of the text are looked for as well.
        const pieces = [text, ...(text.match(/\w{8,}/g) ?? [])];
        const output = print(new Redacted(text));
        expect(pieces.filter((piece) => output.includes(piece))).toEqual([]);
      }),
    );
  });

  it('prints as the first 8 hex digits of its SHA-256', () => {
    // FIPS 180-2, appendix B.1: the digest of "abc" begins with ba7816bf.
    const secret = new Redacted('abc');

    expect(secret.fingerprint).toBe('ba7816bf');
    expect(`${secret}`).toBe('redacted:ba7816bf');
    expect(JSON.stringify({ secret })).toBe('{"secret":"redacted:ba7816bf"}');
    expect(inspect({ secret })).toBe('{ secret: redacted:ba7816bf }');
  });

  it('equals another of the same value only', () => {
    const secret = new Redacted('abc');

    expect(secret.equals(new Redacted('abc'))).toBe(true);
    expect(secret.equals(new Redacted('abd'))).toBe(false);
  });
});
