const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

const isInstance = Function.prototype[Symbol.hasInstance];

/** Those that this worker's test files have used and not disabled yet, Jest's own of each file too. */
const storages = new Set();
for (const method of ['run', 'enterWith']) {
  const original = AsyncLocalStorage.prototype[method];
  AsyncLocalStorage.prototype[method] = function (...args) {
    storages.add(this);
    return original.apply(this, args);
  };
}

/**
 * The usual environment, and a way out of it: what `sharedModule.cjs` names is loaded once by each
 * worker, not again for each file. The CDK alone takes seconds.
 *
 * Jest runs tests in a realm of its own. What comes from outside, from the shared packages, Node's own
 * modules or `fetch`, finds the environment variables that a test sets, and shares its `Date`s; an
 * `Error` from there is one here as well.
 */
module.exports = class NodeEnvironment extends TestEnvironment {
  #variables = { ...process.env };

  constructor(...options) {
    super(...options);
    const { global } = this;
    global.requireShared = require;
    global.process.env = process.env;
    global.Date = Date;
    Object.defineProperty(global.Error, Symbol.hasInstance, {
      value(thrown) {
        const isOwn = isInstance.call(this, thrown);
        return isOwn || (this === global.Error && thrown instanceof Error);
      },
    });
  }

  async teardown() {
    await super.teardown();
    // Node.js 20 has every promise ask each of them: a worker would become slower file by file.
    for (const storage of storages) storage.disable();
    storages.clear();
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, this.#variables);
  }
};
