import * as v from 'valibot';

/** A checked value, or the path of the member that is wrong, such as `a.b`, and what is wrong with it. */
export type Validated<T> = { ok: true; value: T } | { ok: false; field: string; problem: string };

/**
 * Checks a value from outside against a schema. The problem is always one of the schema's own
 * messages: a library's default text may quote the value, which may be a secret.
 */
export function validate<T>(schema: v.GenericSchema<unknown, T>, input: unknown): Validated<T> {
  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, value: result.output };
  const issue = result.issues[0];
  return { ok: false, field: v.getDotPath(issue) ?? '', problem: issue.message };
}

/**
 * Parses JSON without ever quoting the text: the engine's own error message holds a piece of it. A
 * byte order mark, which PowerShell and some servers put in front, may be ignored (RFC 8259,
 * section 8.1); so is one behind white space or another one, as a server makes that puts files together.
 */
export function parseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    // U+FEFF counts as white space here.
    return { ok: true, value: JSON.parse(text.trim()) };
  } catch {
    return { ok: false };
  }
}

/**
 * The text of bytes in UTF-8, or in UTF-16 if their byte order mark says so (Encoding standard, "BOM
 * sniff"): PowerShell's `>` and some servers write that. The mark stays.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittleEndian = first === 0xff && second === 0xfe;
  const isBigEndian = first === 0xfe && second === 0xff;
  const encoding = isLittleEndian ? 'utf-16le' : isBigEndian ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
}

/** A text as it is, and not empty. */
export const requiredText = v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'));

/** What a hand typed, without the white space around it. */
export const typedText = v.pipe(
  v.string('must be a string'),
  v.transform(trimTyped),
  v.nonEmpty('must not be empty'),
);

/**
 * A token: visible ASCII, which is what an HTTP header can carry (RFC 6750,
 * section 2.1). White space around it is not part of it.
 */
export const tokenText = v.pipe(
  typedText,
  v.regex(/^[\x21-\x7e]+$/, 'must be of visible ASCII characters'),
);

/** Quotes that a shell left there, or JSON around a value. */
const wrapping = /^(?:(["'`]).*\1|\{.*\})$/;
export const isBare = (text: string) => !wrapping.test(text);
const bare = v.check(isBare, 'must stand there bare, without quotes or JSON around it');

/** A token, or an id, that a person has written. */
export const typedToken = v.pipe(tokenText, bare);

/** A client secret: what a keyboard writes in one line, though no provider has ever put blanks into one. */
export const clientSecretText = v.pipe(
  typedText,
  v.regex(/^[\x20-\x7e]+$/, 'must be one line of visible ASCII characters'),
  bare,
);

/**
 * White space around a value that a person or a shell wrote, and what cannot be seen: byte order
 * marks, and the zero-width characters that come along from web pages and documents.
 */
export function trimTyped(text: string): string {
  return text.replace(
    /^[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+|[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+$/g,
    '',
  );
}

/** An object of these members; others are left out of the result. */
export function objectOf<E extends v.ObjectEntries>(entries: E) {
  return v.pipe(
    v.custom<object>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      'must be a JSON object',
    ),
    v.object(entries, 'is missing'),
  );
}
