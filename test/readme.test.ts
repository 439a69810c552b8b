import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

// The compiler takes its time on a busy machine.
jest.setTimeout(120_000);

const root = path.join(__dirname, '..');

it('shows TypeScript that compiles', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
  // Single lines belong into a stack of the reader's own.
  const whole = blocks.filter((code) => code.includes('import '));
  const project = mkdtempSync(path.join(os.tmpdir(), 'sfmc-token-rotator-test-'));
  const packages = path.join(project, 'node_modules');
  mkdirSync(packages);
  symlinkSync(root, path.join(packages, 'sfmc-token-rotator'));
  for (const name of ['@types', '@aws-sdk', '@middy', 'aws-cdk-lib', 'constructs']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(packages, name));
  }
  const files = whole.map((code, at) => {
    writeFileSync(path.join(project, `block-${at}.ts`), `${code}\nexport {};\n`);
    return `block-${at}.ts`;
  });

  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--module', 'preserve', '--target', 'es2023'];
  const { stdout } = spawnSync(
    process.execPath,
    [compiler, ...files, ...options, '--types', 'node', '--skipLibCheck'],
    { cwd: project, encoding: 'utf8' },
  );
  rmSync(project, { recursive: true });

  expect(whole.length).toBeGreaterThan(3);
  expect(stdout).toBe('');
});
