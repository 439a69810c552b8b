import { join } from 'node:path';
import { LocalFunction } from '../../../../local/aws/function/localFunction';
import { LogGroup } from '../../../../local/aws/logs/logGroup';

// Starts a process, which takes its time on a busy machine.
jest.setTimeout(30_000);

const HOUR_MS = 60 * 60 * 1000;

function prepare() {
  const log = new LogGroup('any', Date.now);
  const bundleDir = join(__dirname, '../../lambda/bundles/probe');
  const options = { bundleDir, retryDelaysMs: [HOUR_MS] };
  const local = new LocalFunction(options, 'http://127.0.0.1:9', Date.now, log);
  const invocation = (event: unknown) => ({ requestId: 'id-1', event, region: 'us-east-1' });
  return { local, log, invocation };
}

it('repeats nothing once closed', async () => {
  const { local, log, invocation } = prepare();
  const repeated = local.invokeAsynchronously(invocation({ do: 'throw' }));
  while (!log.events.some(({ message }) => message.startsWith('REPORT'))) {
    await new Promise(setImmediate);
  }

  await local.close();

  await repeated;
  expect(log.events.filter(({ message }) => message.startsWith('START'))).toHaveLength(1);
});

it('starts no process once closed', async () => {
  const { local, invocation } = prepare();
  const waiting = local.invoke(invocation({}));

  await local.close();

  expect(await waiting).toMatchObject({
    failed: true,
    payload: expect.stringContaining('This Lambda is closed.'),
  });
});
