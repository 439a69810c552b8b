import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startAwsLocal } from '../../local/aws/server';
import { tokenSet } from '../lambda/reader/readerWorld';
import { connectClients } from '../support/awsClients';
import { closeAfterTest } from '../support/closing';
import { StoredConnection } from '../support/storedConnection';

const root = path.join(__dirname, '..', '..');
const { exports: entries } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** A project of somebody else's, with this package and the SDK among its packages. */
let project: string;

beforeAll(() => {
  project = mkdtempSync(path.join(os.tmpdir(), 'sfmc-token-rotator-test-'));
  const packages = path.join(project, 'node_modules');
  mkdirSync(packages);
  symlinkSync(root, path.join(packages, 'sfmc-token-rotator'));
  for (const name of ['@types', '@aws-sdk', '@middy']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(packages, name));
  }
});

afterAll(() => rmSync(project, { recursive: true }));

function run(file: string, text: string): string {
  writeFileSync(path.join(project, file), text);
  return execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' });
}

const program = `
  const names = [typeof createTokenReader, typeof tokens];
  try {
    tokens({ fetchData: { token: 'NOT A NAME' } });
  } catch (error) {
    names.push(error instanceof TokenReaderError);
  }
  console.log(names.join(' '));
`;

it('is imported by ECMAScript modules', () => {
  const printed = run(
    'main.mjs',
    `import { createTokenReader, TokenReaderError } from 'sfmc-token-rotator/reader';
     import { tokens } from 'sfmc-token-rotator/reader/middy';${program}`,
  );

  expect(printed).toBe('function function true\n');
});

it('is required by CommonJS modules', () => {
  const printed = run(
    'main.cjs',
    `const { createTokenReader, TokenReaderError } = require('sfmc-token-rotator/reader');
     const { tokens } = require('sfmc-token-rotator/reader/middy');${program}`,
  );

  expect(printed).toBe('function function true\n');
});

// Such as jest, unless configured otherwise: there, import() in a package fails.
it('reads if a test runner knows no modules but those of CommonJS', async () => {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  new StoredConnection(aws).put(tokenSet('one', Date.now()));
  const { secretsManager: client } = connectClients(aws.url);
  const packed: typeof import('../../lambda/reader') = require(
    path.join(root, entries['./reader'].require.default),
  );
  const source = packed.secretsManagerSource({ client });

  const tokens = await packed.createTokenReader({ connection: 'acme', source }).get();

  expect(tokens.accessToken).toBe('access-one');
});

const consumer = `
  import { createTokenReader, type Tokens } from 'sfmc-token-rotator/reader';
  import { tokens } from 'sfmc-token-rotator/reader/middy';
  const reader = createTokenReader({ connection: 'example' });
  export const token: Promise<Tokens> = reader.get();
  export const middleware = tokens({ fetchData: { token: 'example' } });
`;

/** What the compiler reports of these files, of the package's own declarations too. */
function complaints(texts: Readonly<Record<string, string>>, module: string): string[] {
  for (const [file, text] of Object.entries(texts)) writeFileSync(path.join(project, file), text);
  const options = ['--noEmit', '--strict', '--module', module, '--types', 'node'];
  const { stdout } = spawnSync(process.execPath, [tsc, ...Object.keys(texts), ...options], {
    cwd: project,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => line !== '');
}

it('has types for ECMAScript modules and CommonJS modules, and refuses what they do not allow', () => {
  const misspelt = consumer.replace("{ connection: 'example' }", "{ conection: 'example' }");
  const texts = { 'consumer.mts': consumer, 'consumer.cts': consumer, 'wrong.mts': misspelt };

  const [complaint, ...others] = complaints(texts, 'nodenext');

  expect(complaint).toMatch(/^wrong\.mts.*'conection' does not exist/);
  expect(others.filter((line) => /^\S+\.[cm]?ts\b/.test(line))).toEqual([]);
});

it.each([
  // It has no ES module required, and middy is one.
  ['a CommonJS module of before Node.js 22', 'consumer.cts', 'node16'],
  ['a bundler', 'consumer.ts', 'preserve'],
])('has types for %s', (_, file, module) => {
  expect(complaints({ [file]: consumer }, module)).toEqual([]);
});

it('gives each entry types and a script, for both kinds of module', () => {
  const files = Object.entries<Record<string, Record<string, string>>>(entries)
    .filter(([entry]) => entry.startsWith('./reader'))
    .flatMap(([, { import: esm = {}, require: cjs = {} }]) => [esm, cjs])
    .flatMap(({ types, default: script }) => [types, script]);

  expect(files).toHaveLength(12);
  for (const file of files) {
    expect(readFileSync(path.join(root, file ?? ''), 'utf8')).not.toBe('');
  }
});
