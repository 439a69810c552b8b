import { AwsError } from '../awsError';

type Test = (message: string) => boolean;

const quotedPattern = String.raw`"((?:[^"\\]|\\.)*)"`;
const termsPattern = new RegExp(
  String.raw`^(?:${quotedPattern}|\w+)(?:\s+(?:${quotedPattern}|\w+))*$`,
);
const termPattern = new RegExp(String.raw`${quotedPattern}|(\w+)`, 'g');
const comparisonPattern = String.raw`\$((?:\.[\w-]+)+)\s*=\s*${quotedPattern}`;
const comparisonsPattern = new RegExp(
  String.raw`^\{\s*${comparisonPattern}(?:\s*&&\s*${comparisonPattern})*\s*\}$`,
);

const unquoted = (text: string) => text.replace(/\\(.)/g, '$1');

/**
 * Whether a line matches a filter pattern. Understood are, of CloudWatch's, no pattern at all; terms
 * that must all be in the line (`ERROR "not seeded"`); and, for lines of JSON, texts that must all
 * equal a member's, `*` standing for any part of them (`{ $.level = "ERROR" && $.message = "Ro*" }`).
 * Throws `InvalidParameterException` for any other, rather than match it wrongly.
 * Source: "Filter pattern syntax for metric filters, subscription filters, filter log events, and
 * Live Tail" (CloudWatch Logs user guide).
 */
export function parseFilterPattern(pattern = ''): Test {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (termsPattern.test(text)) return termsTest(text);
  if (comparisonsPattern.test(text)) return membersTest(text);
  throw new AwsError(
    'InvalidParameterException',
    'Invalid filter pattern, or one that is not served here: use "terms" or { $.member = "text" && ... }.',
  );
}

function termsTest(pattern: string): Test {
  const terms = [...pattern.matchAll(termPattern)].map(([, quoted, word]) =>
    quoted === undefined ? (word ?? '') : unquoted(quoted),
  );
  return (message) => terms.every((term) => message.includes(term));
}

function membersTest(pattern: string): Test {
  const tests = [...pattern.matchAll(new RegExp(comparisonPattern, 'g'))].map(
    ([, selector = '', text = '']) => {
      const wanted = wildcardTest(unquoted(text));
      const path = selector.slice(1).split('.');
      return (line: unknown) => wanted(memberAt(line, path));
    },
  );
  return (message) => {
    const line = parsed(message);
    return tests.every((test) => test(line));
  };
}

function wildcardTest(text: string): (value: unknown) => boolean {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const wanted = new RegExp(`^${parts.join('.*')}$`, 's');
  return (value) => typeof value === 'string' && wanted.test(value);
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let member = value;
  for (const name of path) {
    if (typeof member !== 'object' || member === null || !Object.hasOwn(member, name))
      return undefined;
    member = (member as Record<string, unknown>)[name];
  }
  return member;
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
