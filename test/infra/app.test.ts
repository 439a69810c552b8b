import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connection } from './exampleConnection';

function run(context: unknown) {
  const output = mkdtempSync(join(tmpdir(), 'app-'));
  const { status, stderr } = spawnSync('npx', ['tsx', 'infra/app.ts'], {
    cwd: join(__dirname, '..', '..'),
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
  const files = readdirSync(output, { withFileTypes: true }).filter((entry) => entry.isFile());
  const assembly = files.map(({ name }) => readFileSync(join(output, name), 'utf8')).join('\n');
  const stacks = readdirSync(output)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => file.replace('.template.json', ''));
  rmSync(output, { recursive: true });
  return { status, stderr, stacks, assembly };
}

describe('the app', () => {
  it('tells a mistake in cdk.json in one line, without a stack trace, and fails', () => {
    const { status, stderr } = run({ connections: [] });

    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(/^connections must be a list of at least one\. .*$/);
  }, 60_000);

  it('asks about a name in the context that is nearly one of its own', () => {
    const { status, assembly } = run({
      connections: [connection('news')],
      alarmEmial: 'ops@example.com',
    });

    expect(status).toBe(0);
    expect(assembly).toContain('did you mean alarmEmail?');
  }, 60_000);

  it.each([
    ['its connections', { connections: [connection('news')] }, ['SfmcTokenRotator']],
    ['a fleet', { fleet: true }, ['SfmcTokenRotatorFleet']],
    [
      'both',
      { fleet: true, connections: [connection('news')] },
      ['SfmcTokenRotator', 'SfmcTokenRotatorFleet'],
    ],
  ])(
    'has a stack for %s',
    (_what, context, expected) => {
      const { status, stacks } = run(context);

      expect(status).toBe(0);
      expect(stacks.sort()).toEqual(expected);
    },
    60_000,
  );
});
