import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('the app', () => {
  it('tells a mistake in cdk.json in one line, without a stack trace, and fails', () => {
    const output = mkdtempSync(join(tmpdir(), 'app-'));

    const { status, stderr } = spawnSync('npx', ['tsx', 'infra/app.ts'], {
      cwd: join(__dirname, '..', '..'),
      encoding: 'utf8',
      env: { ...process.env, CDK_OUTDIR: output, CDK_CONTEXT_JSON: '{"connections":[]}' },
    });

    rmSync(output, { recursive: true });
    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(/^connections must be a list of at least one\. .*$/);
  }, 60_000);
});
