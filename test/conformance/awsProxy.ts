import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** In front of an AWS endpoint: what passes can be seen, and refused as by a failing service. */
export interface AwsProxy {
  readonly url: string;
  /** The operations asked for, in order. */
  readonly calls: string[];
  /** Operations that are answered with status 503 and not passed on. */
  readonly refused: Set<string>;
  close(): Promise<void>;
}

export async function startAwsProxy(endpoint: string): Promise<AwsProxy> {
  const calls: string[] = [];
  const refused = new Set<string>();
  const server = createServer(async (asked, answer) => {
    const operation = String(asked.headers['x-amz-target']).split('.').at(-1) ?? '';
    const body = await buffer(asked);
    calls.push(operation);
    if (refused.has(operation)) {
      answer.writeHead(503, { 'content-type': 'application/x-amz-json-1.1' });
      answer.end(JSON.stringify({ __type: 'ServiceUnavailableException' }));
      return;
    }
    const { host: _, ...headers } = asked.headers;
    const passedOn = request(endpoint, { method: asked.method ?? 'POST', headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    passedOn.on('error', () => answer.destroy()).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    calls,
    refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
