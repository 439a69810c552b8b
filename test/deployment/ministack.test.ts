import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporaryFolder';
import { eventually } from './deployedLife';
import { startMinistack } from './ministack';

/** A program in ministack's place. */
function prepare(script: string) {
  const folder = temporaryFolder();
  const program = join(folder, 'ministack');
  writeFileSync(program, `#!/bin/sh\n${script}`, { mode: 0o755 });
  return { folder, program };
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a ministack', () => {
  it('that does not come up is ended', async () => {
    const { folder, program } = prepare(
      'echo starting; echo $$ > "$(dirname "$0")/pid"; exec sleep 600',
    );

    const started = startMinistack(program, { silenceMs: 1_000 });

    await expect(started).rejects.toThrow('silent for 1000 ms and did not answer:\nstarting');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    // It is an orphan by then, and there until init has taken note of its end.
    await eventually(async () => !isThere(pid));
  });

  it('that ends by itself says why', async () => {
    const { program } = prepare('echo no module named ministack >&2; exit 1');

    await expect(startMinistack(program)).rejects.toThrow(
      'ministack ended:\nno module named ministack',
    );
  });
});
