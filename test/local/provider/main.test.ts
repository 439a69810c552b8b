import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundledProgram } from '../../support/bundledProgram';
import { withSimulator } from './support';

const program = bundledProgram('local/provider/main.ts');

function start(...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program(), ...args]);
}

async function run(...args: string[]) {
  const child = start(...args);
  const [out, err]: Buffer[][] = [[], []];
  child.stdout.on('data', (chunk) => out?.push(chunk));
  child.stderr.on('data', (chunk) => err?.push(chunk));
  const [exitCode] = await once(child, 'close');
  return { exitCode, out: String(out?.join('')), err: String(err?.join('')) };
}

describe('sfmc-simulator', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints one JSON line, serves, and exits 0 on %s',
    async (signal) => {
      const child = start('--second-use', 'revokes-first', '--reuse-window-seconds', '0.001');
      const [line] = await once(child.stdout, 'data');
      const printed = JSON.parse(String(line));

      const refresh = () =>
        fetch(`${printed.url}/v1/requestToken`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ...printed, accessType: 'offline' }),
        });
      const response = await refresh();
      await fetch(`${printed.url}/_control/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advanceSeconds: 1 }),
      });
      const late = await refresh();
      const state = await (await fetch(`${printed.url}/_control/state`)).json();
      child.kill(signal);

      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(Object.keys(printed)).toEqual(['url', 'clientId', 'clientSecret', 'refreshToken']);
      expect([response.status, late.status]).toEqual([200, 401]);
      expect(state).toMatchObject({ secondUse: 'revokes-first' });
    },
  );

  it.each([
    [['--port', 'http']],
    [['--port', '70000']],
    [['--port', '-1']],
    [['--second-use', 'maybe']],
    [['--reuse-window-seconds', '0']],
    [['--reuse-window-seconds', 'long']],
    [['--colour']],
    [['extra']],
  ])('refuses %p in one line, with exit code 2', async (args) => {
    const { exitCode, out, err } = await run(...args);

    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^sfmc-simulator: [^\n]+\n$/);
  });

  it('says that a port is in use, with exit code 1', () =>
    withSimulator(async ({ url }) => {
      const { port } = new URL(url);

      const { exitCode, out, err } = await run('--port', port);

      expect(exitCode).toBe(1);
      expect(out).toBe('');
      expect(err).toBe(`sfmc-simulator: port ${port} of 127.0.0.1 is in use; choose another\n`);
    }));

  it('explains itself with --help', async () => {
    const { exitCode, out, err } = await run('--help');

    expect(exitCode).toBe(0);
    expect(out).toContain('--second-use');
    expect(err).toBe('');
  });
});
