/** What a hint begins with in the sources: it is how the program is called from a clone. */
const written = 'npm run ops --';
let called = written;

/** Names the program in every hint as it was called. */
export function nameProgram(name: string): void {
  called = name;
}

/** How a person has called the program, from `process.argv[1]` and the environment. */
export function calledAs(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  const name = file.split(/[\\/]/).at(-1) ?? '';
  if (name === 'ops.cjs' || name === 'main.ts' || name === '') return written;
  if (env.npm_command === 'exec') return 'npx sfmc-token-rotator';
  if (name !== 'main.cjs') {
    return file.includes('node_modules') ? 'npx sfmc-token-rotator' : name;
  }
  const path = file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file;
  return `node ${/^[\w./@:\\-]+$/.test(path) ? path : JSON.stringify(path)}`;
}

/** A text whose hints name the program as it was called. */
export const named = (text: string) => text.replaceAll(written, called);

/** C0 and C1, what turns the direction of writing, and what breaks a line. */
const controls = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * A line as it may be printed: nothing in it steers a terminal or begins a line of its own, wherever it
 * comes from.
 */
export const printed = (line: string) =>
  named(line).replace(controls, (char) => (/[\t\n\r]/.test(char) ? ' ' : escaped(char)));

/** The same for JSON, in which a program reads the escapes back. */
export function printedJson(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, member) => (typeof member === 'string' ? named(member) : member),
    2,
  );
  // Its own line breaks stay; those of values are escaped already.
  return text.replace(controls, (char) => (char === '\n' ? char : escaped(char)));
}
