import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSource, type Source } from './source';

/** Whose imports the linter holds to their neighbours (biome.json). */
const rooms = ['lambda', 'infra', 'ops', 'local', 'simulator'];

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

const isIn = (folder: string) => (source: Source) => dirname(source.path) === folder;

const isRelative = (specifier: string) => specifier.startsWith('.');

/** For which files the linter has rules of imports: a star stands for a name. */
const importRules: RegExp[] = linterOverrides()
  .filter(({ linter }) => linter.rules.style?.noRestrictedImports !== undefined)
  .flatMap(({ includes }) => includes)
  .map((glob) => new RegExp(`^${glob.replaceAll('*', '[^/]+')}$`));

function linterOverrides(): readonly {
  readonly includes: readonly string[];
  readonly linter: { readonly rules: { readonly style?: Readonly<Record<string, unknown>> } };
}[] {
  return JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')).overrides;
}

const used = (source: Source, names: readonly string[]) =>
  names.filter((name) => source.names.has(name)).map((name) => `${source.path}: ${name}`);

const lambda = sourcesIn('lambda');
const core = lambda.filter(isIn('lambda/core'));

describe('imports', () => {
  it.each(rooms)('of every file of %s are under one rule of the linter', (room) => {
    const paths = sourcesIn(room).map(({ path }) => path);
    const rulesOf = (path: string) => importRules.filter((rule) => rule.test(path)).length;

    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => rulesOf(path) !== 1)).toEqual([]);
  });

  it.each(rooms)('of %s have no form that the linter overlooks', (room) => {
    const found = sourcesIn(room).flatMap(({ path, overlooked }) =>
      overlooked.filter(isRelative).map((specifier) => `${path} -> ${specifier}`),
    );

    expect(found).toEqual([]);
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

  it.each(["const x = require('../effects/x');", "let x: import('../effects/x').X;"])(
    'see that the linter overlooks %s',
    (text) => {
      expect(core(text).overlooked).toHaveLength(1);
    },
  );

  it('leave to the linter what it sees', () => {
    const source = core("import './x'; export * from './y'; const z = await import('./z');");

    expect(source).toMatchObject({ imports: ['./x', './y', './z'], overlooked: [] });
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

  it('refuse an import of core that is worked out at run time', () => {
    expect(core('const x = await import(name);').imports).toEqual(['(computed)']);
  });
});
