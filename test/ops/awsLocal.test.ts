import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateScheduleCommand } from '@aws-sdk/client-scheduler';
import { startProviderSimulator } from '../../local/provider/server';
import { awsClients } from '../../ops/awsAccess';
import { closeAfterTest } from '../support/closing';
import { queueArn } from './support/installed';
import { runPiped } from './support/pipedProgram';

/** Starts `npm run aws-local` and returns the URL that it prints. */
async function startAwsLocalProgram(...options: string[]): Promise<string> {
  const main = join(__dirname, '..', '..', 'local', 'aws', 'main.ts');
  const program = spawn(process.execPath, ['--import', 'tsx', main, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closeAfterTest(async () => {
    const closed = once(program, 'close');
    program.kill('SIGTERM');
    await closed;
  });
  const [line] = await once(program.stdout, 'data');
  return String(line).trim();
}

const schedule = (connection: string) =>
  new CreateScheduleCommand({
    Name: `sfmc-${connection}`,
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: queueArn,
      RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
      Input: JSON.stringify({ connection }),
      SqsParameters: { MessageGroupId: connection },
    },
  });

it('works against npm run aws-local, from the first seed to a clean bill of health', async () => {
  const url = await startAwsLocalProgram('--port', '0');
  const { clientSecret, refreshToken, ...provider } = await startProviderSimulator();
  closeAfterTest(() => provider.close());
  const aws = awsClients({ local: true, endpointUrl: url });
  await aws.scheduler.send(schedule('acme'));
  const ops = (argv: string[], stdin?: string) =>
    runPiped([...argv, '--local', '--endpoint-url', url], stdin === undefined ? {} : { stdin });

  const seeding = await ops(
    ['seed', 'acme', '--stdin', '--auth-base-url', provider.url, '--client-id', provider.clientId],
    JSON.stringify({ clientSecret, refreshToken }),
  );
  const listing = await ops(['list']);
  const status = await ops(['status', 'acme']);
  const doctor = await ops(['doctor', 'acme']);

  expect(seeding).toMatchObject({ exitCode: 0 });
  expect(listing.stdout).toMatch(/^acme /m);
  expect(status).toMatchObject({ exitCode: 0, stderr: '' });
  expect(status.stdout).toMatch(/^verdict: +ok$/m);
  expect(doctor).toMatchObject({ exitCode: 0, stderr: '' });
  expect(doctor.stdout).toContain(' ok, 0 to look at, 0 failed, 0 skipped.');
  const shown = JSON.stringify([seeding, listing, status, doctor]);
  expect([clientSecret, refreshToken].filter((secret) => shown.includes(secret))).toEqual([]);
});

it('finds npm run aws-local where it listens by default', async () => {
  const url = await startAwsLocalProgram();
  // If somebody else has the port already, the program has taken another.
  if (!url.endsWith(':4566')) return;

  const listing = await runPiped(['list', '--local']);

  expect(listing).toEqual({
    exitCode: 0,
    stdout: 'Account 123456789012, Region us-east-1\n\nThere is no connection in this Region.\n',
    stderr: '',
  });
});
