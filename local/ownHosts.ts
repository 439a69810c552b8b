import type { IncomingMessage } from 'node:http';

const names = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request asks for this very server, by a name that only this machine has: a name that
 * somebody else's DNS resolves to this machine comes with that name in `Host` ("DNS rebinding"),
 * so that a page of theirs could read what is served here.
 */
export function asksForOwnHost({ headers, socket }: IncomingMessage): boolean {
  const host = headers.host?.toLowerCase() ?? '';
  const port = socket.localPort;
  return names.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

/** What the others are answered, with status 403. */
export const otherHostRefused = ({ socket }: IncomingMessage): string =>
  `This server answers to its own host name alone: http://127.0.0.1:${socket.localPort}.`;
