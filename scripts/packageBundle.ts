import path from 'node:path';
import type { BuildOptions } from 'esbuild';

/** The repository's folder. */
export const root = path.join(__dirname, '..');

/** A part of the package as its users get it: one file for Node.js, in which packages stay imports. */
export const packageBundle = {
  absWorkingDir: root,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
} satisfies BuildOptions;
