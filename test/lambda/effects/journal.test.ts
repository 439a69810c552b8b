import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createFileJournal } from '../../../lambda/effects/journal';
import { temporaryFolder } from '../../support/temporaryFolder';

const exchange = { refreshToken: '0123abcd', lastUseMs: 1_795_507_200_000 };

function prepare() {
  const folder = path.join(temporaryFolder(), 'journal');
  return { folder, journal: createFileJournal(folder), file: path.join(folder, 'acme.json') };
}

it('knows nothing before anything was written', () => {
  const { journal } = prepare();

  expect(journal.read('acme')).toBeUndefined();
});

it('keeps an exchange for the next process', () => {
  const { folder, journal } = prepare();

  journal.write('acme', exchange);

  expect(createFileJournal(folder).read('acme')).toEqual(exchange);
});

it('keeps the last exchange of each connection', () => {
  const { journal } = prepare();

  journal.write('acme', { ...exchange, lastUseMs: 1 });
  journal.write('other', { ...exchange, lastUseMs: 2 });
  journal.write('acme', { ...exchange, lastUseMs: 3 });

  expect(journal.read('acme')?.lastUseMs).toBe(3);
  expect(journal.read('other')?.lastUseMs).toBe(2);
});

it('forgets an exchange that is seen through, and leaves no file', () => {
  const { folder, journal } = prepare();
  journal.write('acme', exchange);

  journal.clear('acme');
  journal.clear('acme');

  expect(journal.read('acme')).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});

it('is readable by its own user alone', () => {
  const { folder, journal, file } = prepare();

  journal.write('acme', exchange);

  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(exchange);
});

it.each([
  ['cut off', '{"refreshToken":"0123abcd","firstUs'],
  ['empty', ''],
  ['of another shape', '{"refreshToken":"0123abcd"}'],
  ['no fingerprint', '{"refreshToken":"a whole token","lastUseMs":1}'],
])('leaves out an entry that is %s', (_, text) => {
  const { journal, file } = prepare();
  journal.write('acme', exchange);
  writeFileSync(file, text);

  expect(journal.read('acme')).toBeUndefined();
});

it('keeps quiet about a disk that cannot be used', () => {
  const { folder } = prepare();
  writeFileSync(folder, 'a file where the folder should be');
  const journal = createFileJournal(folder);

  journal.write('acme', exchange);
  journal.clear('acme');

  expect(journal.read('acme')).toBeUndefined();
});
