import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSource, type Source } from './source';

/** Which rooms each room may import from, itself apart. */
const neighbours: Record<string, readonly string[]> = {
  'lambda/core': [],
  'lambda/effects': ['lambda/core'],
  'lambda/rotator': ['lambda/effects', 'lambda/core'],
  'lambda/dispatcher': ['lambda/effects', 'lambda/core'],
  'lambda/reader': ['lambda/core'],
  infra: ['lambda'],
  ops: ['lambda', 'package.json'],
  local: ['lambda'],
};

/** No I/O in either: schemas, and `createHash`. */
const packagesOfCore = ['valibot', 'node:crypto'];

/** What would make the outcome of a rule depend on anything but its arguments. */
const impure = [
  ...['Date.now', 'new Date()', 'performance', 'hrtime', 'Temporal'],
  ...['Math.random', 'randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['process', 'globalThis', 'global', 'console', 'fetch', 'require'],
];

const root = join(__dirname, '..');

function sourcesIn(folder: string): Source[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]sx?$/.test(name))
    .map((name) => join(folder, name))
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

/** The folder that a file belongs to: one of the rooms, `lambda/core` before `lambda`. */
function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'lambda' ? `${top}/${second}` : top;
}

const isRelative = (specifier: string) => specifier.startsWith('.');

/** "importer -> specifier" of each import that leaves a file's room without being allowed to. */
function forbiddenImports({ path, imports }: Source): string[] {
  const room = roomOf(path);
  const allowed = [room, ...(neighbours[room] ?? [])];
  return imports
    .filter(isRelative)
    .filter((specifier) => {
      const target = join(dirname(path), specifier);
      return !allowed.some((place) => target === place || target.startsWith(`${place}/`));
    })
    .map((specifier) => `${path} -> ${specifier}`);
}

const used = (source: Source, names: readonly string[]) =>
  names.filter((name) => source.names.has(name)).map((name) => `${source.path}: ${name}`);

const lambda = sourcesIn('lambda');
const core = lambda.filter(({ path }) => roomOf(path) === 'lambda/core');

describe('imports', () => {
  it.each(Object.keys(neighbours))('of %s reach only where they may', (room) => {
    expect(sourcesIn(room).flatMap(forbiddenImports)).toEqual([]);
  });

  it('are ruled for every room of lambda', () => {
    const unruled = lambda.filter(({ path }) => !(roomOf(path) in neighbours));

    expect(unruled.map(({ path }) => path)).toEqual([]);
  });

  it('of core name no package that reaches the world', () => {
    const packages = core.flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => !isRelative(specifier) && !packagesOfCore.includes(specifier))
        .map((specifier) => `${path} -> ${specifier}`),
    );

    expect(packages).toEqual([]);
  });
});

describe('core', () => {
  it('asks nothing of the clock, of chance, of the environment or of the network', () => {
    expect(core.length).toBeGreaterThan(0);
    expect(core.flatMap((source) => used(source, impure))).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read by the handlers alone, and by the reader for what Lambda sets', () => {
    const readers = lambda.filter(
      ({ imports, names }) => names.has('process') || imports.includes('node:process'),
    );

    expect(readers.map(({ path }) => path)).toEqual([
      'lambda/dispatcher/handler.ts',
      'lambda/reader/extensionSource.ts',
      'lambda/rotator/handler.ts',
    ]);
  });
});

describe('the rules above', () => {
  const core = (text: string) => parseSource('lambda/core/sample.ts', text);

  it.each([
    "import { x } from '../effects/x';",
    "import '../effects/x';",
    "import type { X } from '../effects/x';",
    "import { type X } from '../effects/x';",
    "export * from '../effects/x';",
    "export { x } from '../effects/x';",
    "const x = await import('../effects/x');",
    "const x = require('../effects/x');",
    "import x = require('../effects/x');",
    "let x: import('../effects/x').X;",
  ])('see %s', (text) => {
    expect(forbiddenImports(core(text))).toEqual(['lambda/core/sample.ts -> ../effects/x']);
  });

  it('tell a neighbour with a longer name from an allowed one', () => {
    const source = core("import './x'; import '../core/y'; import '../coreish/z'; import '../..';");

    expect(forbiddenImports(source)).toEqual([
      'lambda/core/sample.ts -> ../coreish/z',
      'lambda/core/sample.ts -> ../..',
    ]);
  });

  it.each([
    ['Date.now()', ['Date.now']],
    ['new Date()', ['new Date()']],
    ['new Date', ['new Date()']],
    ['Date()', ['new Date()']],
    ['new Date(0)', []],
    ['Date.parse(text)', []],
    ['Math.random()', ['Math.random']],
    ['Math.round(1)', []],
    ['process.env.HOME', ['process']],
    ['fetch(url)', ['fetch']],
    ['globalThis.fetch(url)', ['globalThis', 'fetch']],
    ['setTimeout(f)', ['setTimeout']],
    ['"fetch" // Date.now()', []],
  ])('see in %s: %j', (text, expected) => {
    const found = impure.filter((name) => core(text).names.has(name));

    expect(found).toEqual(expect.arrayContaining(expected));
    expect(found).toHaveLength(expected.length);
  });

  it('refuse an import that is worked out at run time', () => {
    expect(core('const x = await import(name);').imports).toEqual(['(computed)']);
  });
});
