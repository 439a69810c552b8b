import path from 'node:path';
import type { Plugin } from 'esbuild';

const digests = path.join(__dirname, 'crypto.ts');
const observe = path.join('lambda', 'rotator', 'observe.ts');

/**
 * Leaves out of a bundle what a simulation would do over and over with the same result: digests of the
 * same texts, and reading the same secret. Nothing else differs.
 */
export const remembered: Plugin = {
  name: 'remembered',
  setup(build) {
    build.onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
      importer === digests ? undefined : { path: digests },
    );
    build.onResolve({ filter: /^\.\.\/core\/tokenSet$/ }, ({ importer }) =>
      importer.endsWith(observe) ? { path: path.join(__dirname, 'tokenSet.ts') } : undefined,
    );
  },
};
