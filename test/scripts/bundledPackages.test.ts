import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundledPackages } from '../../scripts/bundledPackages';
import { temporaryFolder } from '../support/temporaryFolder';

const integrity = 'sha512-AAAA';

/** A project whose bundle has bytes of these packages; files as `NAME: TEXT` by package folder. */
function describePackages(packages: Record<string, Record<string, string>>, locked = integrity) {
  const root = temporaryFolder();
  for (const [folder, files] of Object.entries(packages)) {
    mkdirSync(path.join(root, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(root, folder, name), text);
    }
  }
  const lock = Object.keys(packages).map((folder) => [folder, locked ? { integrity: locked } : {}]);
  const lockFile = JSON.stringify({ packages: Object.fromEntries(lock) });
  writeFileSync(path.join(root, 'package-lock.json'), lockFile);
  const inputs = Object.fromEntries(
    Object.keys(packages).map((folder) => [`${folder}/lib/index.js`, { bytesInOutput: 1 }]),
  );
  const output = { bytes: 1, inputs, imports: [], exports: [] };
  return bundledPackages({ inputs: {}, outputs: { 'index.mjs': output } }, root);
}

const manifest = (members: object = {}) =>
  JSON.stringify({ name: 'one', version: '1.0.0', license: 'MIT', ...members });

it('keeps the licence and the notice that a package brings', () => {
  const found = describePackages({
    'node_modules/one': {
      'package.json': manifest({ license: 'Apache-2.0' }),
      'LICENSE.txt': 'The licence.\n',
      'NOTICE.md': 'The notice.\n',
      'licensing.js': 'No licence.',
    },
  });

  expect(found).toMatchObject([
    { name: 'one', license: 'Apache-2.0', licenseText: 'The licence.\n\nThe notice.' },
  ]);
});

it('keeps apart the versions of a package that another has one of its own of', () => {
  const found = describePackages({
    'node_modules/@scope/two/node_modules/one': {
      'package.json': manifest({ version: '2.0.0' }),
      licence: 'Of the second.',
    },
    'node_modules/one': { 'package.json': manifest(), LICENSE: 'Of the first.' },
  });

  expect(found.map(({ name, version, licenseText }) => [name, version, licenseText])).toEqual([
    ['one', '1.0.0', 'Of the first.'],
    ['one', '2.0.0', 'Of the second.'],
  ]);
});

it('takes the licence of a repository from a package beside, if one has no copy', () => {
  const found = describePackages({
    'node_modules/@scope/bare': { 'package.json': manifest({ name: '@scope/bare' }) },
    'node_modules/@scope/full': {
      'package.json': manifest({ name: '@scope/full' }),
      'LICENSE-MIT.txt': 'Of the scope.',
    },
    'node_modules/@scope/other': {
      'package.json': manifest({ name: '@scope/other', license: 'ISC' }),
      LICENSE: 'Of another licence.',
    },
  });

  expect(found.map(({ name, licenseText }) => [name, licenseText])).toEqual([
    ['@scope/bare', 'Of the scope.'],
    ['@scope/full', 'Of the scope.'],
    ['@scope/other', 'Of another licence.'],
  ]);
});

it('points to the text of a licence that asks for no copy of itself', () => {
  const found = describePackages({
    'node_modules/one': { 'package.json': manifest({ license: '0BSD' }) },
  });

  expect(found).toMatchObject([{ licenseText: 'https://spdx.org/licenses/0BSD.html' }]);
});

it.each([
  [{ 'package.json': manifest({ license: undefined }) }, integrity, 'one: package.json names no'],
  [{ 'package.json': manifest() }, integrity, 'one: there is no file with its licence, MIT.'],
  [
    { 'package.json': manifest(), NOTICE: 'x' },
    integrity,
    'one: there is no file with its licence',
  ],
  [{ 'package.json': manifest(), LICENSE: 'x' }, '', 'one: package-lock.json has no integrity.'],
])('refuses a package that lacks something (%#)', (files, locked, problem) => {
  expect(() => describePackages({ 'node_modules/one': files }, locked)).toThrow(problem);
});
