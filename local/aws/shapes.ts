import { AwsError } from './awsError';

/**
 * One member of a request. `violation` says which constraint a value breaks, in AWS's words, and
 * throws `SerializationException` if the JSON type is wrong. `type` exists only for inference.
 */
export interface Member<T> {
  readonly violation: (value: unknown) => string | undefined;
  readonly required?: boolean;
  readonly sensitive?: boolean;
  readonly type?: T;
}

export type Shape = Readonly<Record<string, Member<unknown>>>;

type ValueOf<M> = M extends Member<infer T> ? T : never;
type RequiredNames<S> = {
  [N in keyof S]: S[N] extends { readonly required: true } ? N : never;
}[keyof S];

/** The request that a shape describes. */
export type Input<S> = { readonly [N in RequiredNames<S>]: ValueOf<S[N]> } & {
  readonly [N in Exclude<keyof S, RequiredNames<S>>]?: ValueOf<S[N]> | undefined;
};

const wrongType = (value: unknown, wanted: string) => {
  const given = Array.isArray(value) ? 'LIST' : typeof value === 'object' ? 'MAP' : typeof value;
  return new AwsError(
    'SerializationException',
    `${given.toUpperCase()}_VALUE can not be converted to ${wanted}`,
  );
};

const outside = (size: number, min: number, max: number, what: 'length' | 'value') => {
  if (size < min) return `Member must have ${what} greater than or equal to ${min}`;
  if (size > max) return `Member must have ${what} less than or equal to ${max}`;
  return undefined;
};

export const required = <T>(member: Member<T>) => ({ ...member, required: true as const });

/** Kept out of error texts, if AWS would not repeat it either. */
export const sensitive = <T>(member: Member<T>): Member<T> => ({ ...member, sensitive: true });

/** Text of `min` to `max` bytes in UTF-8. */
export const string = (min: number, max: number): Member<string> => ({
  violation(value) {
    if (typeof value !== 'string') throw wrongType(value, 'a String');
    return outside(Buffer.byteLength(value), min, max, 'length');
  },
});

/** Base64 text, as JSON carries binary data, of `min` to `max` bytes when decoded. */
export const blob = (min: number, max: number): Member<string> => ({
  violation(value) {
    if (typeof value !== 'string') throw wrongType(value, 'a Blob');
    return outside(Buffer.byteLength(value, 'base64'), min, max, 'length');
  },
});

export const oneOf = <T extends string>(...values: T[]): Member<T> => ({
  violation(value) {
    if (typeof value !== 'string') throw wrongType(value, 'a String');
    if ((values as string[]).includes(value)) return undefined;
    return `Member must satisfy enum value set: [${values.join(', ')}]`;
  },
});

export const integer = (min: number, max: number): Member<number> => ({
  violation(value) {
    if (!Number.isInteger(value)) throw wrongType(value, 'an Integer');
    return outside(value as number, min, max, 'value');
  },
});

export const number: Member<number> = {
  violation(value) {
    if (typeof value !== 'number') throw wrongType(value, 'a Double');
    return undefined;
  },
};

/** Seconds since the epoch, as JSON carries a time. */
export const timestamp: Member<number> = {
  violation(value) {
    if (typeof value !== 'number') throw wrongType(value, 'a Timestamp');
    return undefined;
  },
};

export const boolean: Member<boolean> = {
  violation(value) {
    if (typeof value !== 'boolean') throw wrongType(value, 'a Boolean');
    return undefined;
  },
};

export const list = <T>(element: Member<T>, min: number, max: number): Member<readonly T[]> => ({
  violation(value) {
    if (!Array.isArray(value)) throw wrongType(value, 'a List');
    const wrong = outside(value.length, min, max, 'length');
    if (wrong !== undefined) return wrong;
    for (const each of value) {
      const broken = element.violation(each);
      if (broken !== undefined) return `Member must satisfy constraint: [${broken}]`;
    }
    return undefined;
  },
});

export const structure = <S extends Shape>(members: S): Member<Input<S>> => ({
  violation(value) {
    if (typeof value !== 'object' || value === null) throw wrongType(value, 'a Structure');
    return violations(members, value)[0]?.constraint;
  },
});

function violations(shape: Shape, input: object) {
  const found: { member: string; value: string; constraint: string }[] = [];
  for (const name in shape) {
    const member = shape[name] as Member<unknown>;
    const value: unknown = (input as Record<string, unknown>)[name];
    const constraint =
      value === undefined ? member.required && 'Member must not be null' : member.violation(value);
    if (!constraint) continue;
    const shown = Array.isArray(value) ? `'[${value.join(', ')}]' ` : `'${value}' `;
    found.push({
      member: name.charAt(0).toLowerCase() + name.slice(1),
      value: value === undefined ? 'null ' : member.sensitive ? '' : shown,
      constraint,
    });
  }
  return found;
}

/** Throws `ValidationException` for a request that breaks its shape, naming every broken member. */
export function check(shape: Shape, input: object): void {
  const found = violations(shape, input);
  if (found.length === 0) return;
  const texts = found.map(
    ({ member, value, constraint }) =>
      `Value ${value}at '${member}' failed to satisfy constraint: ${constraint}`,
  );
  throw new AwsError(
    'ValidationException',
    `${found.length} validation error${found.length > 1 ? 's' : ''} detected: ${texts.join('; ')}`,
  );
}
