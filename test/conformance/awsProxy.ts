import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { VersionDates } from './versionDates';

/** In front of an AWS endpoint: what passes can be seen, and refused as by a failing service. */
export interface AwsProxy {
  readonly url: string;
  /** The operations asked for, in order. */
  readonly calls: string[];
  /** Operations that are answered with status 503 and not passed on. */
  readonly refused: Set<string>;
  close(): Promise<void>;
}

/** Versions bear the dates that are given, which several proxies may share. */
export async function startAwsProxy(endpoint: string, dates: VersionDates): Promise<AwsProxy> {
  const calls: string[] = [];
  const refused = new Set<string>();
  const server = createServer(async (asked, answer) => {
    const operation = String(asked.headers['x-amz-target']).split('.').at(-1) ?? '';
    const body = await text(asked);
    calls.push(operation);
    if (refused.has(operation)) {
      answer.writeHead(503, { 'content-type': 'application/x-amz-json-1.1' });
      answer.end(JSON.stringify({ __type: 'ServiceUnavailableException' }));
      return;
    }
    dates.note(body);
    const { host: _, ...headers } = asked.headers;
    const passedOn = request(
      endpoint,
      { method: asked.method ?? 'POST', headers },
      async (given) => {
        const dated = dates.dated(await text(given));
        const { 'content-length': __, 'transfer-encoding': ___, ...kept } = given.headers;
        answer.writeHead(given.statusCode ?? 502, kept).end(dated);
      },
    );
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
