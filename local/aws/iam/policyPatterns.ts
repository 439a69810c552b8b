/** What a request says about itself, by condition key; keys differ in more than their case. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** The values of a condition key, whose name is not case-sensitive; none if it is absent. */
export function valuesOf(context: ConditionContext, key: string): readonly string[] {
  const found = Object.entries(context).find(
    ([name]) => name.toLowerCase() === key.toLowerCase(),
  )?.[1];
  return found === undefined ? [] : [found].flat();
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const wildcards = (text: string) => escaped(text).replaceAll('\\*', '.*').replaceAll('\\?', '.');

/**
 * A pattern of a policy as the source of a regular expression: `*` and `?` stand for any characters
 * and for one, and a variable for its value as it is. Undefined if the request has no value for a
 * variable: then the pattern matches nothing.
 *
 * Source: IAM user guide, "IAM policy elements: Variables and tags".
 *
 * @throws Error for what is not understood: a default value, a special character
 */
function sourceOf(
  pattern: string,
  context: ConditionContext,
  literal: (text: string) => string,
): string | undefined {
  const parts: string[] = [];
  // Every second part is a variable's name.
  for (const [nth, part] of pattern.split(/\$\{([^}]*)\}/).entries()) {
    if (nth % 2 === 0) {
      parts.push(literal(part));
      continue;
    }
    if (!/^[a-z0-9]+:[\w/+=.@-]+$/i.test(part)) {
      throw new Error(`The policy variable \${${part}} is not understood here.`);
    }
    const [value, ...more] = valuesOf(context, part);
    if (value === undefined) return undefined;
    // Variables are for keys of one value.
    if (more.length > 0) throw new Error(`The policy variable \${${part}} has several values.`);
    parts.push(escaped(value));
  }
  return parts.join('');
}

function matches(source: string | undefined, text: string, flags = ''): boolean {
  return source !== undefined && new RegExp(`^${source}$`, `s${flags}`).test(text);
}

/** Exactly, once variables are replaced. */
export const equals = (pattern: string, text: string, context: ConditionContext) =>
  matches(sourceOf(pattern, context, escaped), text);

/** With wildcards. */
export const isLike = (pattern: string, text: string, context: ConditionContext) =>
  matches(sourceOf(pattern, context, wildcards), text);

/** Actions are not case-sensitive (IAM user guide, "IAM JSON policy elements: Action"). */
export const isActionLike = (pattern: string, action: string) =>
  matches(wildcards(pattern), action, 'i');

/**
 * Part by part: in an ARN a wildcard reaches no further than the next colon, except for the resource at
 * its end (IAM user guide, "IAM JSON policy elements: Resource" and "Condition operators").
 */
export function isArnLike(pattern: string, arn: string, context: ConditionContext): boolean {
  if (pattern === '*') return true;
  const [wanted, given] = [partsOf(pattern), partsOf(arn)];
  if (wanted === undefined) throw new Error(`${pattern} is no ARN.`);
  return (
    given !== undefined && wanted.every((part, nth) => isLike(part, given[nth] ?? '', context))
  );
}

function partsOf(arn: string): readonly string[] | undefined {
  return /^(arn):([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/s.exec(arn)?.slice(1);
}
