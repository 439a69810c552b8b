const { TestEnvironment } = require('jest-environment-node');

/**
 * The usual environment, and a way out of it: what `sharedModule.cjs` names is loaded once by each
 * worker, not anew for each file. The CDK alone takes seconds.
 */
module.exports = class NodeEnvironment extends TestEnvironment {
  constructor(...options) {
    super(...options);
    this.global.requireShared = require;
  }
};
