const { default: Sequencer } = require('@jest/test-sequencer');

/** Long, and mostly waiting: begun last, all others would long be done. */
const longest = [
  'deployment/life',
  'deployment/',
  'crashes',
  'leaks',
  'simulator/simulation',
  'local/demo/',
  'conformance/',
  'fleet/',
];

const rank = ({ path }) => {
  const at = longest.findIndex((part) => path.includes(`/test/${part}`));
  return at < 0 ? longest.length : at;
};

/** Jest's own order, but that the longest come first, which it only knows after a first run. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
