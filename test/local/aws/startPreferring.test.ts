import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { startPreferring } from '../../../local/aws/startPreferring';
import { closeAfterTest } from '../../support/closing';

async function start(port: number) {
  const aws = await startPreferring(port, { authorize: () => false });
  closeAfterTest(() => aws.close());
  return aws;
}

async function holdPort() {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  return { port, release: () => new Promise((resolve) => holder.close(resolve)) };
}

it('listens on the port that it prefers', async () => {
  const { port, release } = await holdPort();
  await release();

  const aws = await start(port);

  expect(aws.url).toBe(`http://127.0.0.1:${port}`);
});

it('listens on another port if that one is taken', async () => {
  const { port, release } = await holdPort();
  closeAfterTest(async () => void (await release()));

  const aws = await start(port);

  expect(aws.url).not.toBe(`http://127.0.0.1:${port}`);
  expect((await fetch(aws.url)).status).toBe(404);
});

it('passes on any other reason not to start', async () => {
  await expect(start(-1)).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
});
