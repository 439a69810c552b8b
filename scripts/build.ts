import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * Builds what is deployed: one ECMAScript module and its source map in dist/rotator/.
 * `mainFields` prefers the packages' ES module builds, which esbuild can shake; a `require` is
 * given back to the CommonJS packages that are left in the bundle.
 */
async function buildRotator(): Promise<void> {
  const root = path.join(__dirname, '..');
  const outdir = path.join(root, 'dist', 'rotator');
  await rm(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { index: 'lambda/rotator/handler.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

buildRotator().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
