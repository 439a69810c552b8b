const { availableParallelism } = require('node:os');

const sharedModules = '/node_modules/(aws-cdk-lib|constructs)/.*\\.js$';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/nodeEnvironment.cjs',
  roots: ['<rootDir>/test'],
  testTimeout: 300_000,
  // Many tests wait for processes that they started, or for an emulator's clock.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  testSequencer: '<rootDir>/test/support/longestFirst.cjs',
  setupFiles: ['<rootDir>/test/support/quietSdk.ts'],
  testMatch: ['**/*.test.ts'],
  // They play every single fault, for each mutant anew: `npm run test:full` has the time for it.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.TEST_FULL === 'true' ? [] : ['test/simulator/(mutants|equivalence)']),
  ],
  transform: {
    [sharedModules]: '<rootDir>/test/support/sharedModule.cjs',
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!aws-cdk-lib/|constructs/)'],
};
