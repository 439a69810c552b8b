import { join } from 'node:path';
import { LocalFunction } from '../../../../local/aws/lambda/localFunction';
import { LogGroup } from '../../../../local/aws/logs/logGroup';

it('starts no process once closed', async () => {
  const bundleDir = join(__dirname, 'bundles/probe');
  const local = new LocalFunction(
    { bundleDir },
    {
      endpoint: 'http://127.0.0.1:9',
      now: Date.now,
      log: new LogGroup('any', Date.now),
      queueVariables: () => ({}),
    },
  );
  const waiting = local.invoke({ requestId: 'id-1', event: {}, region: 'us-east-1' });

  await local.close();

  expect(await waiting).toMatchObject({
    failed: true,
    payload: expect.stringContaining('This Lambda is closed.'),
  });
});
