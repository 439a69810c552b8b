import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Lets the bundle require Node.js's own modules instead of importing them. An import reads every
 * property of such a module at once, to export it by name: `node:process` then opens the standard
 * streams, and `node:crypto` loads Web Crypto.
 */
export const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup({ onLoad, onResolve }) {
    const namespace = 'builtin';
    onResolve({ filter: /./ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, '');
      if (kind !== 'import-statement' || !builtinModules.includes(name)) return undefined;
      return { path: name, namespace };
    });
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = require('node:${path}');`,
    }));
  },
};
