import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WaitingServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A server on 127.0.0.1 that does nothing but wait, for as long as each request asks it to. */
export async function startWaitingServer(): Promise<WaitingServer> {
  const server = createServer((message, response) => {
    message.resume();
    setTimeout(() => response.end('{}'), Number(message.headers['x-latency-ms']));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
