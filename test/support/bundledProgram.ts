import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = path.join(__dirname, '..', '..');
/** Inside the project: what a bundle leaves out is found from there. */
const folderOfBundles = path.join(root, 'node_modules', '.cache', 'test-programs');

/** In a bundle, a file finds what lies beside its source. */
const ownFolders: Plugin = {
  name: 'own-folders',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const folder = JSON.stringify(path.dirname(file));
      return { contents: source.replace(/\b__dirname\b/g, folder), loader: 'ts' };
    });
  },
};

/**
 * Bundles a program of this project before the tests of a file, for those that start it many times:
 * a start from the sources takes most of a second of the processor.
 *
 * @param entry relative to the project, such as `ops/main.ts`
 * @returns the file that Node.js runs, once the tests begin
 */
export function bundledProgram(entry: string): () => string {
  let folder = '';
  beforeAll(async () => {
    mkdirSync(folderOfBundles, { recursive: true });
    folder = mkdtempSync(path.join(folderOfBundles, 'program-'));
    await build({
      absWorkingDir: root,
      entryPoints: { program: entry },
      outdir: folder,
      outExtension: { '.js': '.cjs' },
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: ['esbuild'],
      logLevel: 'warning',
      plugins: [ownFolders],
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => path.join(folder, 'program.cjs');
}
