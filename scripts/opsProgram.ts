import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { bundledPackages } from './bundledPackages';
import { lazyPackages } from './lazyPackages';
import { licenceTexts } from './licenceTexts';
import { packageBundle, root } from './packageBundle';

const outdir = path.join(root, 'dist', 'ops');

/**
 * Builds the operator's program as the package's `bin`. Packages stay imports, but for the one that
 * reads the command line; its licence is beside the folder.
 */
export async function buildOps(): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    ...packageBundle,
    entryPoints: { main: 'ops/main.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [lazyPackages(['commander'])],
    // Every start reads it whole.
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
  });
  writeFileSync(`${outdir}.licenses.txt`, licenceTexts(bundledPackages(metafile, root)));
  chmodSync(path.join(outdir, 'main.cjs'), 0o755);
}
