/**
 * Preloaded: writes the packages that a program loads to standard error, one a line; those too that
 * the build has put beside it.
 */
const Module = require('node:module');

const load = Module._load;
Module._load = function noted(request, ...rest) {
  if (!/^(node:|[./])/.test(request) && !Module.isBuiltin(request)) {
    if (!rest[0]?.filename?.includes('node_modules')) process.stderr.write(`${request}\n`);
  }
  const [, built] = /^\.\/packages\/(.+)\.cjs$/.exec(request) ?? [];
  if (built !== undefined) process.stderr.write(`${built}\n`);
  return load.call(this, request, ...rest);
};
