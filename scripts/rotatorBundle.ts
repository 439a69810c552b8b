import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { leanAwsSdk } from './leanAwsSdk';
import { requiredBuiltins } from './requiredBuiltins';

const root = path.join(__dirname, '..');

/**
 * How the function is bundled. V8 parses all of a module before the first line of it runs, so that
 * a cold start is the shorter the less there is of it: `mainFields` prefers the packages' ES module
 * builds; esbuild keeps only what is used, and the plugins take out what it cannot see to
 * be of no use. The CommonJS code that is left gets a `require`.
 */
export const rotatorBundle = {
  absWorkingDir: root,
  entryPoints: { index: 'lambda/rotator/handler.ts' },
  outdir: path.join(root, 'dist', 'rotator'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  plugins: [leanAwsSdk, requiredBuiltins],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
} satisfies BuildOptions;
