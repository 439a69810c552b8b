/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testTimeout: 300_000,
  // By default one processor is left idle; many tests wait for processes that they started.
  maxWorkers: '100%',
  setupFiles: ['<rootDir>/test/support/quietSdk.ts'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
};
