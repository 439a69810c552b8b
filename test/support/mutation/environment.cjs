const NodeEnvironment = require('../nodeEnvironment.cjs');

/** A mutant is killed by the first test that fails: the rest is skipped. */
module.exports = class FirstFailureEnvironment extends NodeEnvironment {
  #hasFailed = false;

  handleTestEvent(event) {
    if (event.name === 'test_done') this.#hasFailed ||= event.test.errors.length > 0;
    if (!this.#hasFailed) return;
    // What began is closed by the hooks of its block: these are left out with a block alone.
    if (event.name === 'run_describe_start') event.describeBlock.mode = 'skip';
    if (event.name === 'test_start') event.test.mode = 'skip';
  }
};
