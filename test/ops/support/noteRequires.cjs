/** Preloaded: writes the packages that a program loads to standard error, one a line. */
const Module = require('node:module');

const load = Module._load;
Module._load = function noted(request, ...rest) {
  if (!/^(node:|[./])/.test(request) && !Module.isBuiltin(request)) {
    if (!rest[0]?.filename?.includes('node_modules')) process.stderr.write(`${request}\n`);
  }
  return load.call(this, request, ...rest);
};
