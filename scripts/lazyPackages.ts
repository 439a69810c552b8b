import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import { root } from './packageBundle';

const requireHere = createRequire(path.join(root, 'package.json'));
const namespace = 'lazy';
/** Of Node.js itself: what takes milliseconds, and is needed by few commands. */
const slowBuiltins = ['node:child_process'];

/**
 * Leaves packages out, and loads each from `./packages` when something of it is first used: the
 * operator's program needs two or three of the AWS SDK's clients at a time, and none to print its help.
 *
 * @param bundled those that each start needs, which are quicker to load in the bundle
 * @param leftOut called with the others
 */
export const lazyPackages = (bundled: readonly string[], leftOut: Set<string>): Plugin => ({
  name: 'lazy-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^.]/ }, ({ path: name, importer, kind, namespace: from }) => {
      if (kind === 'entry-point' || path.isAbsolute(name)) return null;
      if (from === namespace) {
        if (slowBuiltins.includes(name)) return { path: name, external: true };
        leftOut.add(name);
        return { path: `./packages/${name}.cjs`, external: true };
      }
      if (slowBuiltins.includes(name)) return { path: name, namespace };
      if (name.startsWith('node:')) return null;
      if (bundled.includes(name)) return { path: requireHere.resolve(name) };
      if (importer.includes('node_modules')) return null;
      return { path: name, namespace };
    });
    onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
      contents: lazyModule(name, Object.keys(requireHere(name))),
      loader: 'js',
    }));
  },
});

function lazyModule(name: string, members: readonly string[]): string {
  return `
    let loaded;
    const load = () => (loaded ??= require(${JSON.stringify(name)}));
    exports.__esModule = true;
    Object.defineProperty(exports, 'default', { get: () => load().default ?? load() });
    for (const member of ${JSON.stringify(members.filter((each) => each !== 'default'))}) {
      Object.defineProperty(exports, member, { enumerable: true, get: () => load()[member] });
    }`;
}
