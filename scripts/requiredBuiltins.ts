import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Lets the bundle require Node.js's own modules instead of importing them, and of each no more than
 * it uses. An import reads every property of such a module at once, to export it by name:
 * `node:process` then opens the standard streams, and `node:crypto` loads Web Crypto. Written in
 * CommonJS they would do no harm either, but esbuild then copies all properties for each module that
 * imports one.
 */
export const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup({ onLoad, onResolve }) {
    const namespace = 'builtin';
    onResolve({ filter: /./ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, '');
      if (kind !== 'import-statement' || !builtinModules.includes(name)) return undefined;
      return { path: name, namespace, sideEffects: false };
    });
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: [
        `const builtin = require('node:${path}');`,
        'export default builtin;',
        ...namesOf(path).map((name, at) => exportOf(name, `builtin${at}`)),
      ].join('\n'),
    }));
  },
};

const namesOf = (builtin: string) =>
  Object.keys(require(`node:${builtin}`)).filter((name) => /^(?!default$)[a-z_]\w*$/i.test(name));

/** Read as the module is loaded, where the name is imported: without it the call is left out. */
const exportOf = (name: string, local: string) =>
  `const ${local} = /* @__PURE__ */ (() => builtin.${name})();\nexport { ${local} as ${name} };`;
