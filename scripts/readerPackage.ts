import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { packageBundle, root } from './packageBundle';

const outdir = path.join(root, 'dist', 'reader');

/** Node.js distinguishes the two kinds of module by these, also in declarations. */
const formats = [
  { format: 'esm', script: '.mjs', declaration: '.d.mts' },
  { format: 'cjs', script: '.cjs', declaration: '.d.cts' },
] as const;

/**
 * Builds what other Lambdas import: the reader, its middleware and the fake for tests, as
 * ECMAScript and as CommonJS modules, each with its declarations. Packages stay imports.
 */
export async function buildReader(): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  await Promise.all(formats.map(({ format, script }) => build(bundle(format, script))));
  emitDeclarations();
}

function bundle(format: 'esm' | 'cjs', extension: '.mjs' | '.cjs'): BuildOptions {
  return {
    ...packageBundle,
    entryPoints: ['index', 'middy', 'testing'].map((name) => `lambda/reader/${name}.ts`),
    outdir,
    outExtension: { '.js': extension },
    format,
    // A test runner such as jest fails at an `import()` in a package; `require` is as lazy.
    supported: { 'dynamic-import': format === 'esm' },
    plugins: [sharedIndex(extension)],
  };
}

/** One copy of the reader for all entries, so that `instanceof TokenReaderError` holds. */
function sharedIndex(extension: string): Plugin {
  return {
    name: 'shared-index',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/index$/ }, () => ({ path: `./index${extension}`, external: true }));
    },
  };
}

/**
 * TypeScript writes one set of declarations whose imports have no extension. Each kind of module
 * gets a set of its own, with the extension that Node.js's resolution demands.
 */
function emitDeclarations(): void {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'lambda/reader'], { cwd: root, stdio: 'inherit' });
  const emitted = path.join(outdir, 'declarations');
  for (const name of readdirSync(path.join(emitted, 'reader'))) {
    const text = readFileSync(path.join(emitted, 'reader', name), 'utf8');
    for (const { script, declaration } of formats) {
      const file = path.join(outdir, name.replace('.d.ts', declaration));
      writeFileSync(file, text.replace(/(?<=from ')(\.\/[\w-]+)(?=')/g, `$1${script}`));
    }
  }
  rmSync(emitted, { recursive: true });
}
