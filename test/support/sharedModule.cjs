/** Stands in for a module that all files of a worker share: see `nodeEnvironment.cjs`. */
module.exports = {
  process: (_source, file) => ({
    code: `module.exports = globalThis.requireShared(${JSON.stringify(file)});`,
  }),
};
