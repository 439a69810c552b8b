import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './replies';

/** A request as the routes see it. `body` is the whole body as text. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly authorization: string;
  readonly body: string;
}

/** Everything but the body, which is left unread. */
export function readHead(message: IncomingMessage): Omit<Request, 'body'> {
  const [path = '', query] = (message.url ?? '').split('?', 2);
  return {
    method: message.method ?? '',
    path,
    query: new URLSearchParams(query),
    contentType: message.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '',
    authorization: message.headers.authorization ?? '',
  };
}

/** The whole body; `undefined` if the client goes away before it is complete. */
export async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The JSON value of a body, or `undefined` if it is not JSON. */
export function parseJsonBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * Carries a reply out, an answer `delayMs` later unless the client leaves first. It is dated by the
 * simulator's clock: against that date a client may read a `Retry-After` (RFC 9110, 10.2.3).
 */
export function sendReply(
  reply: Reply,
  response: ServerResponse,
  { nowMs, delayMs }: { readonly nowMs: number; readonly delayMs: number },
): void {
  switch (reply.kind) {
    case 'none':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'closed':
      response.destroy();
      return;
  }
  const { kind, answer } = reply;
  const send = () => {
    const length = Buffer.byteLength(answer.body);
    response.writeHead(answer.status, {
      date: new Date(nowMs).toUTCString(),
      ...answer.headers,
      'content-length': length,
    });
    if (kind === 'answer') response.end(answer.body);
    else {
      const part = Buffer.from(answer.body).subarray(0, Math.floor(length / 2));
      response.write(part, () => response.destroy());
    }
  };
  if (delayMs === 0) {
    send();
    return;
  }
  const timer = setTimeout(send, delayMs);
  response.once('close', () => clearTimeout(timer));
}
