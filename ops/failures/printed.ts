/** What a hint begins with in the sources: it is how the program is called from a clone. */
const written = 'npm run ops --';
let called = written;

/**
 * Names the program in every hint as it was called.
 *
 * @param target as {@link targetIn} has it: what is copied from a hint looks at the same account and Region
 */
export function nameProgram(name: string, target: readonly string[] = []): void {
  called = [name, ...target].join(' ');
}

const targetOptions = ['--profile', '--region', '--endpoint-url'];

/** The options of a command line that say where to look, as they can be typed again. */
export function targetIn(argv: readonly string[]): string[] {
  return argv.flatMap((word, at) => {
    if (word === '--local') return [word];
    const [option = '', ...rest] = word.split('=');
    if (!targetOptions.includes(option)) return [];
    const value = word.includes('=') ? rest.join('=') : argv[at + 1];
    return value ? [option, asTyped(value)] : [];
  });
}

const asTyped = (value: string) => (/^[\w./@:\\-]+$/.test(value) ? value : JSON.stringify(value));

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
  return `node ${asTyped(path)}`;
}

/** A text whose hints name the program as it was called. What is named already stays as it is. */
export const named = (text: string) => text.replace(/npm run ops --(?! --)/g, () => called);

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
