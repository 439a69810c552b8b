import { spawn } from 'node:child_process';
import path from 'node:path';
import { closeAfterTest } from '../../../support/closing';
import { deployFleet, installInFleet } from '../../support/fleet';
import { printingFunction } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

async function startWorld(): Promise<OpsWorld> {
  const world = await startOpsWorld({ function: printingFunction, now: Date.now });
  deployFleet(world);
  for (const name of ['acme', 'beta']) {
    installInFleet(world, name);
    const stored = world.stored(name);
    const expiresAt = new Date(Date.now() + 50 * 60_000).toISOString();
    stored.put({ ...stored.current(), issuedAt: new Date().toISOString(), expiresAt });
  }
  return world;
}

describe('ops status --watch', () => {
  it('draws the table again in a terminal, until Ctrl-C', async () => {
    const world = await startWorld();

    const session = world.open(['status', '--watch', '2']);
    await session.sees('acme');
    world.stored('beta').putParameter('escrow', '{}');
    await session.sees('beta        attention');
    await session.sees('and every 2 s.');
    session.interrupts();

    expect(await session.ended).toBe(130);
    expect(session.raw.split('\u001b[H\u001b[J').length).toBeGreaterThanOrEqual(3);
    expect(session.text).toMatch(/Looked at \S+Z, and every 2 s\./);
    expect(session.text).toContain('Interrupted. The watching has ended.');
  });

  it('prints a line for what has changed if it is piped', async () => {
    const world = await startWorld();
    const file = path.join(__dirname, '..', '..', '..', '..', 'ops', 'main.ts');
    const argv = ['status', '--watch', '2', '--local', '--endpoint-url', world.aws.url];
    const program = spawn(process.execPath, ['--import', 'tsx', file, ...argv]);
    closeAfterTest(() => void program.kill('SIGKILL'));
    let text = '';
    program.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const sees = async (pattern: RegExp) => {
      while (!pattern.test(text)) await new Promise((resolve) => setTimeout(resolve, 50));
    };

    await sees(/2 connections: 2 ok\./);
    world.stored('beta').putParameter('escrow', '{}');
    await sees(/beta: attention\. A token set is parked/);
    world.stored('beta').deleteParameter('escrow');
    await sees(/beta: ok/);
    program.kill('SIGINT');
    const exitCode = await new Promise((resolve) => program.once('close', resolve));

    expect(exitCode).toBe(130);
    expect(text).not.toContain('\u001b');
    expect(text.split('\n').filter((line) => line.includes('beta'))).toHaveLength(2);
  });

  it('refuses a time that is too short', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['status', '--watch', '1']);

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('whole number of seconds from 2 to 3600');
  });
});

it('ops rotate --watch goes on showing the log once the rotation has ended', async () => {
  const world = await startOpsWorld({ function: {}, now: Date.now });
  const { queueUrl } = deployFleet(world);
  world.aws.eventSourceMappings.createEventSourceMapping(
    {
      EventSourceArn: world.aws.sqs.arnOf(queueUrl) ?? '',
      FunctionName: 'sfmc-token-rotator-local',
      BatchSize: 1,
    },
    { region: 'us-east-1' },
  );
  installInFleet(world);
  world.stored().put({ refreshToken: world.provider.refreshToken });

  const session = world.open(['rotate', 'acme', '--watch']);
  await session.sees('Rotated.');
  await world.run(['rotate', 'acme', '--timeout', '20']);
  await session.sees('fresh');
  session.interrupts();

  expect(await session.ended).toBe(130);
  expect(session.text).toContain('Interrupted. The watching has ended.');
});
