import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { fingerprint } from '../../../local/provider/fingerprint';
import { seededIds } from '../../../local/provider/ids';
import { parseTourOptions } from '../../../local/tour/options';
import { bundledProgram } from '../../support/bundledProgram';

const program = bundledProgram('local/tour/main.ts');

function start(bundle?: string, env: NodeJS.ProcessEnv = {}, options: readonly string[] = []) {
  const args = bundle === undefined ? [] : [join(__dirname, 'bundles', bundle)];
  return spawn(process.execPath, [program(), ...options, ...args], {
    env: { ...process.env, ...env },
  });
}

async function run(bundle?: string, env?: NodeJS.ProcessEnv, options?: readonly string[]) {
  const child = start(bundle, env, options);
  const [out, err]: Buffer[][] = [[], []];
  child.stdout.on('data', (chunk) => out?.push(chunk));
  child.stderr.on('data', (chunk) => err?.push(chunk));
  const [exitCode] = await once(child, 'close');
  return { exitCode, out: String(out?.join('')), err: String(err?.join('')) };
}

/** The function's process, once the tour has started it. */
async function functionOf(tour: number | undefined): Promise<number> {
  for (;;) {
    const found = spawnSync('pgrep', ['-P', String(tour), '-f', 'bootstrap.mjs']);
    if (found.error) throw found.error;
    if (found.status === 0) return Number(found.stdout);
    await sleep(20);
  }
}

/** Texts without their line breaks. */
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the tour', () => {
  it('prints every chapter, the timeline and the summary, and shows no token or secret', async () => {
    const { exitCode, out, err } = await run(undefined, { FORCE_COLOR: undefined });

    expect(err).toBe('');
    expect(exitCode).toBe(0);
    expect(out.match(/^(?:\d\. |Timeline|Summary).*$/gm)).toEqual([
      '1. The first rotation, from a seed',
      '2. Another Lambda uses the token',
      "3. The provider's answer is lost",
      '4. The function is killed in the middle of a rotation',
      '5. Secrets Manager takes no writes',
      "6. Secrets Manager's own rotation",
      '7. The client secret expires',
      '8. An administrator revokes the chain',
      'Timeline: the chain of refresh tokens',
      'Summary',
    ]);
    expect(out).toMatch(/\nNext\n {2}npm run demo /);
    const text = unwrapped(out);
    expect(text).toMatch(/→ recovered, token until /);
    expect(text).toMatch(/Warning: The staged client secret is in use/);
    expect(text).toMatch(
      /→ ChainBroken \[[^\]]*\]: Connection "demo": Marketing Cloud accepts the client credentials/,
    );
    expect(text).toMatch(/per rotation 4 calls, in each of the [3-9] that nothing disturbed/);
    // What the queue delivers again is part of the story.
    expect(text).toMatch(/StoreUnavailable \[[^\]]*\].* → recovered/);
    expect(text).toMatch(/The queue delivers the message again, each minute/);
    expect(text).toMatch(/readers \d\d+ readings, none of an expired token, none refused/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stripVTControlCharacters(out)).toBe(out);

    // The simulators make the same tokens and secrets in every run.
    const ids = Array.from({ length: 1000 }, seededIds(1));
    const fingerprints = new Set(ids.map(fingerprint));
    const shown = out.match(/\b[0-9a-f]{8}\b/g) ?? [];
    expect(shown.length).toBeGreaterThan(12);
    expect(shown.every((name) => fingerprints.has(name))).toBe(true);
    expect(ids.filter((id) => out.includes(id))).toEqual([]);
  });

  it('prints the titles, what each chapter came to, and the summary in brief', async () => {
    const { exitCode, out } = await run(undefined, { FORCE_COLOR: undefined }, ['--brief']);

    expect(exitCode).toBe(0);
    expect(out.match(/^(?:\d\. .*|Timeline|Summary|Next)$/gm)).toHaveLength(10);
    expect(out).toMatch(/^1\. The first rotation, from a seed\n {2}→ fresh, token until /m);
    expect(out.split('\n').length).toBeLessThan(60);
  });

  it('ends with exit code 1 and says what went wrong, in its words and the function’s', async () => {
    const { exitCode, out } = await run('idle');

    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /→ failed\n\nThe tour ends here\. Expected the outcome rotated, found idle\.\n/,
    );
    expect(out).toMatch(/ {2}- The function, ERROR: I would rather not\n$/);
  });

  it('says that the function has to be built first', async () => {
    const { exitCode, out } = await run('none');

    expect(exitCode).toBe(1);
    expect(unwrapped(out)).toMatch(/does not exist: run "npm run build" first\. $/);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing running after %s', async (signal, expectedCode) => {
    const child = start('stuck');
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const pid = await functionOf(child.pid);

    child.kill(signal);
    const [exitCode] = await once(child, 'close');

    expect(exitCode).toBe(expectedCode);
    expect(out).not.toContain('failed');
    expect(isRunning(pid)).toBe(false);
  });

  it('leaves nothing running, though it is interrupted again and again', async () => {
    const child = start('stuck');
    const pid = await functionOf(child.pid);

    // As npm, tsx and the terminal may each pass the same Ctrl-C on.
    const interrupts = setInterval(() => child.kill('SIGINT'), 2);
    const [exitCode] = await once(child, 'close');
    clearInterval(interrupts);

    expect(exitCode).toBe(130);
    expect(isRunning(pid)).toBe(false);
  });
});

describe('the options of the tour', () => {
  it('are explained', async () => {
    const { exitCode, out, err } = await run(undefined, {}, ['--help']);

    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('npm start -- --watch [--port N]');
  });

  it.each([
    [['--port', '1'], '--port is of use with --watch only'],
    [['--watch', '--port', 'x'], "--port must be a number from 0 to 65535, not 'x'"],
    [['--watch', '--port', '70000'], "--port must be a number from 0 to 65535, not '70000'"],
    [['here', 'there'], 'at most one folder can be given'],
  ])('are refused if they make no sense: %j', (options, message) => {
    expect(() => parseTourOptions(options)).toThrow(new Error(message));
  });

  it('are refused in one line, with exit code 2', async () => {
    const { exitCode, out, err } = await run(undefined, {}, ['--what']);

    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain("npm start: Unknown option '--what'");
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('the tour that is watched', () => {
  it('serves its page once the story is over, and ends cleanly with Ctrl-C', async () => {
    const child = start(undefined, { FORCE_COLOR: undefined }, ['--watch']);
    let out = '';
    for await (const chunk of child.stdout) {
      out += chunk;
      if (/Ctrl-C\n/.test(out)) break;
    }
    const [, url = ''] = /page {2}(http:\S+)/.exec(out) ?? [];
    const page = await fetch(url);
    const events = await fetch(`${url}/events`);
    const functionPid = await functionOf(child.pid);

    child.kill('SIGINT');
    const [exitCode] = await once(child, 'close');

    expect(out).toContain('\nSummary\n');
    expect(out.indexOf(url)).toBeLessThan(out.indexOf('1. The first rotation'));
    expect([page.status, events.status]).toEqual([200, 200]);
    expect(exitCode).toBe(0);
    expect(isRunning(functionPid)).toBe(false);
    await expect(events.text().then((text) => text.slice(0, 6))).resolves.toBe('retry:');
  });

  it('says that its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const { exitCode, out } = await run(undefined, {}, ['--watch', '--port', String(port)]);
    other.close();

    expect(exitCode).toBe(1);
    expect(out).toMatch(new RegExp(`\\nPort ${port} of 127.0.0.1 is in use; choose another.\\n$`));
  });

  it('says where its page is before the story, which the page waits for', async () => {
    const child = start('stuck', { FORCE_COLOR: undefined }, ['--watch']);
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    while (!/^The page: .*\n/m.test(out)) await sleep(20);
    const [, url = ''] = /The page: (http:\S+)/.exec(out) ?? [];
    const page = await fetch(url);
    const tooEarly = await fetch(`${url}/actions/rotate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: '{}',
    });

    child.kill('SIGINT');
    await once(child, 'close');

    expect(page.status).toBe(200);
    expect(tooEarly.status).toBe(409);
    expect(await tooEarly.json()).toEqual({ error: 'The tour is still under way.' });
  });

  it('ends with exit code 1, and the page with it, if the story goes wrong', async () => {
    const { exitCode, out } = await run('idle', {}, ['--watch']);

    expect(exitCode).toBe(1);
    expect(out).toContain('The tour ends here.');
    expect(out).not.toContain('\nWatch\n');
    const [, url = ''] = /The page: (http:\S+)/.exec(out) ?? [];
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});
