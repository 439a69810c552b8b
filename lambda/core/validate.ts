import * as v from 'valibot';

export type Validated<T> = { ok: true; value: T } | { ok: false; field: string; problem: string };

/**
 * Checks a value from outside against a schema. The problem is always one of the schema's own
 * messages: a library's default text may quote the value, which may be a secret.
 */
export function validate<T>(schema: v.GenericSchema<unknown, T>, input: unknown): Validated<T> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const issue = result.issues[0];
  return { ok: false, field: v.getDotPath(issue) ?? '', problem: issue.message };
}

/** Parses JSON without ever quoting the text: the engine's own error message holds a piece of it. */
export function parseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

export const requiredText = v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'));

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
