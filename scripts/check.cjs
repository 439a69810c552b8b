/**
 * What `npm test` does before the tests: style, types and the build, beside each other. Prints what
 * each has to say once it has ended, and fails if one of them does.
 */
const { spawn } = require('node:child_process');

const commands = [
  'biome ci .',
  'tsc',
  'tsc -p local/rehearsal/page',
  'npm run --silent build:package',
];

for (const command of commands) {
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  child.on('close', (exitCode) => {
    process.stdout.write(Buffer.concat(output));
    if (exitCode === 0) return;
    process.stdout.write(`Failed: ${command}\n`);
    process.exitCode = 1;
  });
}
