import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const { bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

it('is an executable of the package that needs no build tool', () => {
  const program = path.join(root, bin['sfmc-token-rotator']);

  const help = execFileSync(program, ['--help'], { encoding: 'utf8' });

  expect(help).toContain('--profile');
  expect(help).toContain('list');
});
