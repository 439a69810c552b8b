import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporaryFolder';
import { startMoto } from './motoServer';

/** A program in moto's place. */
function prepare(script: string) {
  const folder = temporaryFolder();
  const program = join(folder, 'moto_server');
  writeFileSync(program, `#!/bin/sh\n${script}`, { mode: 0o755 });
  return { folder, program };
}

describe('a moto', () => {
  it('that does not come up is ended', async () => {
    const { folder, program } = prepare('echo $$ > "$(dirname "$0")/pid"; exec sleep 600');

    const started = startMoto(program, 1_000);

    await expect(started).rejects.toThrow('moto did not listen after 1000 ms');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('that ends by itself says why', async () => {
    const { program } = prepare('echo no module named moto >&2; exit 1');

    await expect(startMoto(program)).rejects.toThrow('moto ended:\nno module named moto');
  });
});
