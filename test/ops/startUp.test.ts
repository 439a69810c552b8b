import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { install } from './support/installed';
import { startOpsWorld } from './support/opsWorld';

const root = path.join(__dirname, '..', '..');
const built = path.join(root, 'dist', 'ops', 'main.cjs');

/** Runs the built program, to what it prints and to the packages that it loads. */
async function start(file: string, ...argv: string[]) {
  const noteRequires = path.join(__dirname, 'support', 'noteRequires.cjs');
  const program = spawn(process.execPath, ['--require', noteRequires, file, ...argv], {
    cwd: root,
    stdio: 'pipe',
    env: { PATH: process.env.PATH ?? '', HOME: path.join(tmpdir(), 'nobody') },
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close'),
  ]);
  return { exitCode, stdout, packages: stderr.split('\n').filter((line) => line !== '') };
}

describe('the built program', () => {
  it.each([[['--help']], [['--version']], [['seed', '--help']]])(
    'loads no package for %j',
    async (argv) => {
      const { exitCode, packages } = await start(built, ...argv);

      expect({ exitCode, packages }).toEqual({ exitCode: 0, packages: [] });
    },
  );

  it('loads those clients of the AWS SDK alone that a command asks', async () => {
    const world = await startOpsWorld({ now: Date.now });
    install(world);
    const target = ['--local', '--endpoint-url', world.aws.url];

    const { exitCode, stdout, packages } = await start(built, 'list', ...target, '-o', 'name');

    expect(exitCode).toBe(0);
    expect(stdout).toBe('acme\n');
    const clients = packages.filter((name) => name.startsWith('@aws-sdk/client-'));
    expect(clients).toEqual(['@aws-sdk/client-ssm']);
    expect(packages).not.toContain('@inquirer/prompts');
  });
});

describe('npm run ops', () => {
  const launcher = path.join(root, 'scripts', 'ops.cjs');

  it('runs the build while that is newer than the sources, else the sources', async () => {
    const now = Date.now() / 1_000;
    utimesSync(built, now + 60, now + 60);
    const current = await start(launcher, '--version');
    utimesSync(built, 1, 1);
    const old = await start(launcher, '--version');
    utimesSync(built, now, now);

    expect(current.packages).toEqual([]);
    expect(old.packages).toContain('commander');
    expect([current.exitCode, old.stdout]).toEqual([0, current.stdout]);
  });
});
