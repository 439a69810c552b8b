import { request } from 'node:http';
import { startAwsLocal } from '../../local/aws/server';
import { startProviderSimulator } from '../../local/provider/server';
import { closeAfterTest } from '../support/closing';

/** `fetch` sets Host itself. */
function statusOf(url: string, host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}

/** With a path that each answers to who asks for it by its own name. */
const servers = [
  ['the local endpoints', startAwsLocal, '/', 404],
  ['the provider simulator', startProviderSimulator, '/_control/state', 200],
] as const;

describe.each(servers)('%s', (_name, start, path, answered) => {
  it.each([
    'evil.example:PORT',
    'evil.example',
    '127.0.0.1',
    '127.0.0.1.evil.example:PORT',
    'localhost.evil.example:PORT',
    'user@127.0.0.1:PORT',
  ])('answers nothing to who asks for the host "%s"', async (host) => {
    const server = await start();
    closeAfterTest(() => server.close());

    const status = await statusOf(server.url, host.replace('PORT', new URL(server.url).port), path);

    expect(status).toBe(403);
    expect('calls' in server ? server.calls : server.requests).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])(
    'answers to its own name "%s"',
    async (name) => {
      const server = await start();
      closeAfterTest(() => server.close());

      const status = await statusOf(server.url, `${name}:${new URL(server.url).port}`, path);

      expect(status).toBe(answered);
    },
  );
});
