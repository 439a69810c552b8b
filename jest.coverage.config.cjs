const every = require('./jest.config.cjs');

/**
 * What the tests of `lambda/` reach of it in their own process, by V8's count: that of instrumented
 * code is distorted by what the compiler makes of types.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...every,
  roots: ['<rootDir>/test/lambda'],
  collectCoverage: true,
  coverageProvider: 'v8',
  collectCoverageFrom: ['<rootDir>/lambda/**/*.ts'],
  coverageReporters: ['text-summary'],
  // Just under what was measured.
  coverageThreshold: { global: { statements: 98.5, branches: 96, functions: 98, lines: 98.5 } },
};
