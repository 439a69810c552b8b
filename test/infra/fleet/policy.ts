import type { Json } from '../support';

export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request brings along. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Whether an identity policy allows a request: as much of IAM as these policies use (IAM user
 * guide, "Policy evaluation logic" and "IAM JSON policy elements"). It refuses to judge anything
 * else.
 */
export function allows(document: Json, request: Request): boolean {
  const statements = document.Statement as Json[];
  const effects = statements
    .filter((statement) => applies(statement, request))
    .map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function applies(statement: Json, { action, resource, context = {} }: Request): boolean {
  const { Action, Resource, Condition = {} } = statement;
  return (
    list(Action).includes(action) &&
    list(Resource).some((pattern) => matches(pattern, resource)) &&
    Object.entries(Condition as Record<string, Json>).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) =>
        holds(operator, context[key], list(wanted), context),
      ),
    )
  );
}

function holds(
  operator: string,
  value: string | readonly string[] | undefined,
  wanted: readonly string[],
  context: NonNullable<Request['context']>,
): boolean {
  const choices = wanted.flatMap((text) => resolved(text, context) ?? []);
  const values = value === undefined ? [] : [value].flat();
  if (operator === 'ForAnyValue:StringEquals') return values.some((one) => choices.includes(one));
  if (operator === 'StringLike') {
    return values.some((one) => choices.some((pattern) => matches(pattern, one)));
  }
  if (operator !== 'StringEquals' || values.length > 1) throw new Error(`unknown: ${operator}`);
  return values.some((one) => choices.includes(one));
}

/** A variable that the request has no value for makes the statement apply to nothing. */
function resolved(text: string, context: NonNullable<Request['context']>): string | undefined {
  const [, name] = /^\$\{(.+)\}$/.exec(text) ?? [];
  if (name === undefined) return text;
  const value = context[name];
  return typeof value === 'string' ? value : undefined;
}

function matches(pattern: string, resource: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(resource);
}

function list(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}
