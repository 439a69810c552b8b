import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import type { Mutant } from '../../simulator/mutants';

const root = path.join(__dirname, '..', '..');

/** Puts a mutant into the bundle that is simulated; the sources stay as they are. */
export function mutation({ file, find, replace }: Mutant): Plugin {
  const target = path.join(root, file);
  return {
    name: 'mutation',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async (args) => {
        if (args.path !== target) return undefined;
        const source = await readFile(target, 'utf8');
        const parts = source.split(find);
        if (parts.length !== 2) throw new Error(`${file} must hold this text once: ${find}`);
        return { contents: parts.join(replace), loader: 'ts' };
      });
    },
  };
}
