import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import { closeAfterTest } from '../../../support/closing';
import { startOpsWorld } from '../../support/opsWorld';

async function scriptFor(shell: string): Promise<string> {
  const world = await startOpsWorld();
  const ran = await world.run(['completion', shell]);
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  // Whoever completes asks nothing of AWS.
  expect(world.aws.calls).toEqual([]);
  return ran.stdout;
}

/** What bash offers for the last of these words. */
function offered(script: string, words: readonly string[]): string[] {
  const line = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sfmc_token_rotator; echo "\${COMPREPLY[*]}"`;
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-c', `${script}\n${line}`, 'bash', ...words],
    {
      encoding: 'utf8',
    },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.trim().split(' ').filter(Boolean);
}

describe('ops completion', () => {
  it.each<[string[], string[]]>([
    [
      ['ops', 'st'],
      ['status', 'stage-secret'],
    ],
    [['ops', 'status', '--att'], ['--attention']],
    [['ops', '--region', 'eu-west-1', 'seed', '--st'], ['--stdin']],
    [['ops', 'list', '-o', 'j'], ['json']],
    [
      ['ops', 'seed', '--on-broken-chain', ''],
      ['alarm', 'reissue'],
    ],
    [['ops', 'completion', 'z'], ['zsh']],
    [['ops', 'status', '--prof'], ['--profile']],
    [['ops', '--profile', ''], []],
  ])('bash offers after %j', async (words, expected) => {
    const script = await scriptFor('bash');

    expect(offered(script, words)).toEqual(expected);
  });

  const zshIsThere = spawnSync('zsh', ['-c', 'true']).status === 0;
  (zshIsThere ? it : it.skip)('zsh offers commands after what the help says to type', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ops-')), 'completion.zsh');
    writeFileSync(file, await scriptFor('zsh'));
    const pty = spawn('zsh', ['-f'], { cols: 80, rows: 24 });
    closeAfterTest(() => pty.kill());
    let shown = '';
    const sees = (text: string) =>
      new Promise<void>((resolve) => {
        const { dispose } = pty.onData((data) => {
          shown += data;
          if (!shown.includes(text)) return;
          shown = '';
          dispose();
          resolve();
        });
      });

    const isLoaded = sees('loaded now');
    pty.write(`ops() { true; }; source ${file}; echo loaded "now"\r`);
    await isLoaded;
    const isOffered = sees('--attention');
    pty.write('ops status --att\t');

    await expect(isOffered).resolves.toBeUndefined();
  });

  it('zsh reads what is written for bash', async () => {
    const script = await scriptFor('zsh');

    expect(script).toMatch(/^autoload .*\nautoload -U \+X bashcompinit && bashcompinit\n/);
    expect(script).toContain('complete -o default -F _sfmc_token_rotator ops sfmc-token-rotator');
  });

  it('fish is given each command and option with its description', async () => {
    const script = await scriptFor('fish');

    expect(script).toMatch(/complete -c \$program -n __fish_use_subcommand -a status -d 'Show how/);
    expect(script).toContain("-n '__fish_seen_subcommand_from status' -l attention -d 'show only");
    expect(script).toContain("-d 'Start a connection\\'s chain: client secret");
  });

  it('refuses a shell that it does not know', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['completion', 'tcsh']);

    expect(ran.exitCode).toBe(2);
  });
});
