const { availableParallelism } = require('node:os');

/** Packages that take long to load and keep no state that one test could leave to another. */
const shared = '(aws-cdk-lib|constructs|cdk-nag|@aws-sdk|@smithy|fast-check)/';

const { TEST_FULL, REQUIRE_BROWSER, REQUIRE_MOTO } = process.env;
/** `npm run test:full` has the time for them. */
const leftOut = [
  // They play every single fault, for each mutant again.
  ...(TEST_FULL === 'true' ? [] : ['test/simulator/(mutants|equivalence)']),
  // Each page that they open costs Chromium a second of the processor.
  ...(TEST_FULL === 'true' || REQUIRE_BROWSER === 'true' ? [] : ['test/local/rehearsal/browser']),
  // An emulator in Python, whose every answer costs more than the rotation that asks.
  ...(TEST_FULL === 'true' || REQUIRE_MOTO === 'true' ? [] : ['[mM]oto\\.test']),
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/nodeEnvironment.cjs',
  roots: ['<rootDir>/test'],
  // Ends what hangs. What a test computes has no time of its own: machines are busy.
  testTimeout: 300_000,
  // Ends a worker that something keeps open. One of several hundred megabytes on a busy machine takes
  // longer to go than the half second that Jest gives it.
  workerGracefulExitTimeout: 30_000,
  // Many tests wait for processes that they started, or for time that a function has left.
  maxWorkers: 2 * availableParallelism(),
  setupFiles: ['<rootDir>/test/support/quietSdk.ts'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...leftOut],
  transform: {
    [`/node_modules/${shared}.*\\.js$`]: '<rootDir>/test/support/sharedModule.cjs',
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!${shared})`],
};
