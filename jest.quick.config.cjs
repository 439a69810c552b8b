const every = require('./jest.config.cjs');

/** What builds, synthesizes, starts processes of its own, or plays histories by the hundred. */
const takesTime = [
  ...[
    'bench',
    'bundle',
    'conformance',
    'crashes',
    'deployment',
    'docs',
    'fleet',
    'infra',
    'leaks',
    'model',
  ],
  ...['package/', 'policies', 'readme', 'scripts', 'simulator'],
  ...['lambda/reader/(bundle|python)', 'lambda/rotator/builtFunction'],
  ...['local/(aws/deployedStack|aws/lambda|aws/main|demo|provider/main|tour|rehearsal)'],
  ...['ops/'],
];

/** @type {import('jest').Config} */
module.exports = {
  ...every,
  testPathIgnorePatterns: [
    ...every.testPathIgnorePatterns,
    `<rootDir>/test/(${takesTime.join('|')})`,
  ],
};
