import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { closeAfterTest } from '../../support/closing';

const file = (name: string) => path.join(__dirname, 'corporate', name);

/** The certificate authority of the network, which nobody else knows; its key is good for tests alone. */
export const certificateFile = file('certificate.pem');

export interface CorporateNetwork {
  readonly proxyUrl: string;
  /** "HOST:PORT" of each connection that was asked for, and who asked. */
  readonly asked: string[];
  readonly authorizations: (string | undefined)[];
}

/**
 * A proxy that leads every connection to one server, which stands for all that is outside.
 *
 * @param refusal an HTTP status that it answers instead, or that it hangs up
 * @param answer what the server answers
 */
export async function startCorporateNetwork({
  refusal,
  answer = { status: 200, body: '{}' },
}: {
  readonly refusal?: number | 'reset';
  readonly answer?: { readonly status: number; readonly body: string };
} = {}): Promise<CorporateNetwork> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createTlsServer(
    { key: readFileSync(file('key.pem')), cert: readFileSync(certificateFile) },
    (_request, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(answer.body);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy = createServer();
  proxy.on('connect', ({ url = '', headers }, socket) => {
    asked.push(url);
    authorizations.push(headers['proxy-authorization']);
    socket.on('error', () => {});
    if (refusal === 'reset') {
      socket.destroy();
      return;
    }
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const outside = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      outside.pipe(socket).pipe(outside);
    });
    outside.on('error', () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closeAfterTest(async () => {
    proxy.closeAllConnections();
    server.closeAllConnections();
    proxy.close();
    server.close();
  });
  return {
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    asked,
    authorizations,
  };
}
