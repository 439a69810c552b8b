import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { bundledProgram } from '../../support/bundledProgram';

const program = bundledProgram('local/aws/main.ts');
const running: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function start(...options: string[]) {
  const child = spawn(process.execPath, [program(), ...options]);
  running.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode, ...output }));
  return { child, ended };
}

it.each(['SIGINT', 'SIGTERM'] as const)('prints its URL and serves until %s', async (signal) => {
  const { child, ended } = start('--port', '0');

  const [line] = await once(child.stdout, 'data');
  const answer = await fetch(String(line).trim(), { method: 'POST' });
  child.kill(signal);

  expect(String(line)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(answer.status).toBe(404);
  expect(await ended).toMatchObject({ exitCode: 0, stderr: '' });
});

it('needs no port', async () => {
  const { child, ended } = start();

  const [line] = await once(child.stdout, 'data');
  child.kill('SIGINT');

  expect(String(line)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(await ended).toMatchObject({ exitCode: 0, stderr: '' });
});

it('has a Lambda with the rotator in it', async () => {
  const { child, ended } = start('--port', '0');
  const [url] = await once(child.stdout, 'data');
  const lambda = new LambdaClient({
    endpoint: String(url).trim(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  });

  const invoked = await lambda.send(
    new InvokeCommand({
      FunctionName: 'sfmc-token-rotator-local',
      Payload: '{"connection":"acme"}',
    }),
  );
  lambda.destroy();
  child.kill('SIGTERM');

  // Neither the connection nor, perhaps, the bundle is there; but the function is.
  expect(invoked.FunctionError).toBe('Unhandled');
  expect(invoked.Payload?.transformToString()).toMatch(/"errorType":"(InvalidConfig|Runtime)/);
  expect(await ended).toMatchObject({ exitCode: 0, stderr: '' });
});

it('explains itself', async () => {
  const { exitCode, stdout } = await start('--help').ended;

  expect(exitCode).toBe(0);
  expect(stdout).toContain('--port N');
  expect(stdout).toContain('default: 4566');
});

it.each([
  [['--port', 'http'], '--port must be a number from 0 to 65535, not "http"'],
  [['--port', '65536'], '--port must be a number from 0 to 65535, not "65536"'],
  [['--prot', '1'], "Unknown option '--prot'"],
])('refuses %j in one line', async (options, message) => {
  const { exitCode, stdout, stderr } = await start(...options).ended;

  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(`aws-local: ${message}`);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('says when the port is in use', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  const { exitCode, stderr } = await start('--port', String(port)).ended;
  holder.close();

  expect(exitCode).toBe(1);
  expect(stderr).toBe(`aws-local: port ${port} is already in use\n`);
});
