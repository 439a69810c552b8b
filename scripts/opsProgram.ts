import { chmodSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { packageBundle, root } from './packageBundle';

const outdir = path.join(root, 'dist', 'ops');

/** Builds the operator's program as the package's `bin`. Packages stay imports. */
export async function buildOps(): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    ...packageBundle,
    entryPoints: { main: 'ops/main.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
  });
  chmodSync(path.join(outdir, 'main.cjs'), 0o755);
}
