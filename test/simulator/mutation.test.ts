import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { equivalents, mutants } from '../../simulator/mutants';

const root = path.join(__dirname, '../..');

it.each([...mutants, ...equivalents])(
  'the sources have one place for a rotation that $name',
  async (mutant) => {
    const source = await readFile(path.join(root, mutant.file), 'utf8');

    expect(source.split(mutant.find)).toHaveLength(2);
  },
);
