import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { install, printingFunction } from './support/installed';
import { startOpsWorld } from './support/opsWorld';

const root = path.join(__dirname, '..', '..');

/** What is in a help text after "Examples:". */
const examplesIn = (help: string) =>
  (help.split(/Examples?:\n/)[1] ?? '').split('\n').filter((line) => /^ {2}npm run /.test(line));

/** A folder with a `jq` that reads JSON, whatever its filter, for machines that have none. */
function withJq(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'ops-'));
  const jq = path.join(dir, 'jq');
  const script = "let t='';process.stdin.on('data',(c)=>t+=c).on('end',()=>JSON.parse(t))";
  writeFileSync(jq, `#!/bin/sh\nexec "${process.execPath}" -e "${script}"\n`);
  chmodSync(jq, 0o755);
  const keys = 'aws_access_key_id = operator\naws_secret_access_key = local';
  writeFileSync(path.join(dir, 'config'), `[default]\n${keys}\n[profile production]\n${keys}\n`);
  return dir;
}

it('each example that only looks runs as it is written, and pipes JSON', async () => {
  const world = await startOpsWorld({ function: printingFunction, now: Date.now });
  install(world, 'example');
  const dir = withJq();
  const helps = await Promise.all(
    [[], ['list'], ['status'], ['doctor']].map((command) => world.run([...command, '--help'])),
  );
  const examples = helps.flatMap(({ stdout }) => examplesIn(stdout));

  const failed: unknown[] = [];
  for (const line of examples) {
    // The server is in this process, and answers between two steps of it.
    const shell = spawn('sh', ['-c', line], {
      cwd: root,
      env: {
        PATH: `${process.env.PATH}:${dir}`,
        HOME: dir,
        AWS_CONFIG_FILE: path.join(dir, 'config'),
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: world.aws.url,
        ALLOW_LOOPBACK_PROVIDER: 'true',
      },
    });
    let printed = '';
    shell.stderr.on('data', (chunk) => {
      printed += chunk;
    });
    const exitCode = await new Promise((resolve) => shell.on('close', resolve));
    // 4 is what was found, and no failure to run.
    if ((exitCode !== 0 && exitCode !== 4) || printed !== '')
      failed.push({ line, exitCode, printed });
  }

  expect(examples.length).toBeGreaterThan(8);
  expect(examples.filter((line) => line.includes('| jq')).length).toBeGreaterThan(2);
  expect(failed).toEqual([]);
});
