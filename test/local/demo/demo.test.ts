import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { runPiped } from '../../ops/support/pipedProgram';
import { bundledProgram } from '../../support/bundledProgram';
import { closeAfterTest } from '../../support/closing';

const program = bundledProgram('local/demo/main.ts');

function spawnDemo(...options: string[]) {
  const child = spawn(process.execPath, [program(), ...options], {
    env: { ...process.env, FORCE_COLOR: undefined },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode, ...output }));
  closeAfterTest(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output, ended };
}

/** The demo on free ports, once it says what to type. */
async function startDemo(...options: string[]) {
  const { child, output, ended } = spawnDemo('--port', '0', ...options);
  while (!output.stdout.includes('as they come')) {
    if (child.exitCode !== null) throw new Error(`the demo ended: ${output.stderr}`);
    await sleep(20);
  }
  const urlOf = (name: string) => new RegExp(`${name} +(http:\\S+)`).exec(output.stdout)?.[1] ?? '';
  return { child, output, ended, url: urlOf('AWS'), providerUrl: urlOf('Marketing Cloud') };
}

async function takenPort() {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  closeAfterTest(() => void taken.close());
  return String((taken.address() as AddressInfo).port);
}

const functionsOf = ({ pid }: ChildProcessWithoutNullStreams): number[] =>
  spawnSync('pgrep', ['-P', String(pid), '-f', 'bootstrap.mjs'])
    .stdout.toString()
    .split('\n')
    .filter(Boolean)
    .map(Number);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function clientOf(endpoint: string) {
  const credentials = { accessKeyId: 'demo', secretAccessKey: 'demo' };
  const client = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials });
  closeAfterTest(() => client.destroy());
  return client;
}

describe('the demo', () => {
  it('takes every command that it prints, and ends with Ctrl-C and nothing left running', async () => {
    const { child, output, ended, url, providerUrl } = await startDemo('--pace', '300');
    const order = async (control: string) => {
      const headers = { 'content-type': 'application/json' };
      const sent = { method: 'POST', headers, body: '{}' };
      return (await fetch(`${providerUrl}/_control/${control}`, sent)).text();
    };
    const exitCodes: Record<string, number> = {};
    const run = async (line: string, stdin = '') => {
      expect(output.stdout).toContain(`${line} --local --endpoint-url ${url}\n`);
      const argv = [...line.split(' '), '--local', '--endpoint-url', url];
      const ran = await runPiped(argv, { stdin });
      exitCodes[line] = ran.exitCode;
      return ran;
    };

    await run('list');
    await run('status');
    await run('doctor example');
    await run('rotate example --force');
    await run('recover example');
    await run('stage-secret example --stdin', await order('client-secret'));
    await run('promote-secret example');
    await run('seed example --replace --stdin', await order('login'));
    const afterwards = await run('status');
    // Both wait until a rotation that may be under way has ended for certain.
    if (process.env.TEST_FULL === 'true') await run('remove example --yes');
    const functionPids = functionsOf(child);
    child.kill('SIGINT');
    const { exitCode, stderr } = await ended;

    expect(exitCodes).toEqual({
      list: 0,
      status: 0,
      'doctor example': 0,
      'rotate example --force': 0,
      'recover example': 0,
      'stage-secret example --stdin': 0,
      'promote-secret example': 0,
      'seed example --replace --stdin': 0,
      ...(process.env.TEST_FULL === 'true' && { 'remove example --yes': 0 }),
    });
    expect(afterwards.stdout).toMatch(/^example +ok /m);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(functionPids.length).toBeGreaterThan(0);
    expect(functionPids.filter(isRunning)).toEqual([]);
  });

  it("rotates at its pace, and by Secrets Manager's own rotation as well", async () => {
    const { output, url } = await startDemo('--pace', '4');
    const client = clientOf(url);
    const SecretId = 'sfmc/example';
    const rotations = () => output.stdout.match(/example rotated: version/g)?.length ?? 0;

    while (rotations() < 3) await sleep(50);
    const { VersionId = '' } = await client.send(new RotateSecretCommand({ SecretId }));
    let described = await client.send(new DescribeSecretCommand({ SecretId }));
    while (described.LastRotatedDate === undefined) {
      described = await client.send(new DescribeSecretCommand({ SecretId }));
    }
    const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId }));

    expect(JSON.parse(SecretString)).toHaveProperty('accessToken');
    const pending = Object.entries(described.VersionIdsToStages ?? {})
      .filter(([, stages]) => stages.includes('AWSPENDING'))
      .map(([versionId]) => versionId);
    expect(pending).toEqual([]);
    expect(VersionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(output.stdout).not.toContain(JSON.parse(SecretString).accessToken);
  });

  it('names a port that is in use, and what to do about it', async () => {
    const port = await takenPort();

    const { exitCode, stdout, stderr } = await spawnDemo('--port', port).ended;

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^npm run demo: port ${port} of 127\\.0\\.0\\.1 is in use.*choose other ports`),
    );
  });

  it('explains its options', async () => {
    const { exitCode, stdout, stderr } = await spawnDemo('--help').ended;

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('npm run demo -- [--port N] [--provider-port N] [--pace SECONDS]');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each([
    [['--port', 'x'], "--port must be a number from 0 to 65535, not 'x'"],
    [['--pace', '0'], "--pace must be a number of seconds from 4 to 300, not '0'"],
    [['--what'], "Unknown option '--what'"],
  ])('refuses options that make no sense: %j', async (options, message) => {
    const { exitCode, stdout, stderr } = await spawnDemo(...options).ended;

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`npm run demo: ${message}`);
  });
});
