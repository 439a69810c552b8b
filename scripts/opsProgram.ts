import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, transform } from 'esbuild';
import { writeContents } from './functionBuild';
import { lazyPackages } from './lazyPackages';
import { root } from './packageBundle';

const outdir = path.join(root, 'dist', 'ops');

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/**
 * Builds the operator's program as the package's `bin`, with the packages that it uses beside it, so
 * that whoever installs it for the reader gets no packages for this. A start reads the program whole,
 * and of the packages what the command needs.
 */
export async function buildOps(): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  const packages = new Set<string>();
  const { metafile } = await build({
    ...options,
    entryPoints: { main: 'ops/main.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [lazyPackages(['commander'], packages)],
    // Every start reads it whole.
    minifySyntax: true,
    minifyWhitespace: true,
  });
  chmodSync(path.join(outdir, 'main.cjs'), 0o755);
  const ofPackages = await buildPackages([...packages].sort());
  const outputs = { ...metafile.outputs, ...ofPackages.outputs };
  writeContents({ inputs: {}, outputs }, root, outdir);
}

/**
 * A file for each package, and files for what several of them share. Only for ECMAScript modules can
 * esbuild split so; they are written as CommonJS modules, which can be required at first use.
 */
async function buildPackages(names: readonly string[]): Promise<Metafile> {
  const namespace = 'package';
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: names.map((name) => ({ in: `${namespace}:${name}`, out: name })),
    outdir: path.join(outdir, 'packages'),
    outExtension: { '.js': '.cjs' },
    chunkNames: 'shared/[hash]',
    format: 'esm',
    splitting: true,
    minify: true,
    write: false,
    plugins: [
      {
        name: 'packages',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^package:/ }, ({ path: name }) => ({
            path: name.slice(namespace.length + 1),
            namespace,
          }));
          onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
            contents: `module.exports = require(${JSON.stringify(name)});`,
            resolveDir: root,
          }));
        },
      },
    ],
  });
  for (const { path: file, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      minify: true,
      supported: { 'dynamic-import': false },
    });
    const isPackage = !file.includes(`${path.sep}shared${path.sep}`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, isPackage ? `${code}module.exports=module.exports.default;\n` : code);
  }
  return metafile;
}
