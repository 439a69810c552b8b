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
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Carries a reply out, the answer after its delay and `latencyMs` unless the client leaves first. */
export function perform(reply: Reply, response: ServerResponse, latencyMs = 0): void {
  switch (reply.kind) {
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'drop':
      response.destroy();
      break;
    case 'answer': {
      const { status, headers, body } = reply.answer;
      const send = () => response.writeHead(status, headers).end(body);
      const delayMs = latencyMs + reply.delayMs;
      if (delayMs === 0) {
        send();
      } else {
        const timer = setTimeout(send, delayMs);
        response.once('close', () => clearTimeout(timer));
      }
    }
  }
}
