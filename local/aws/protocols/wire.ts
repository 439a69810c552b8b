import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequest, HttpResponse } from './protocol';

/**
 * No service here takes more: 6 MB for a function ("Lambda quotas"), and 1 MiB in a message ("Amazon
 * SQS message quotas"), which may be six times as much in JSON.
 */
const maxBodyBytes = 8 * 1024 * 1024;

export async function readRequest(message: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  const [path = '', query] = (message.url ?? '').split('?', 2);
  return {
    method: message.method ?? '',
    path,
    query: new URLSearchParams(query),
    headers: message.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    isCut: bytes > maxBodyBytes,
  };
}

/**
 * Dated by the endpoint's own clock: by this header SDKs and operators compare their clocks with
 * AWS's, which refuses what was signed more than 5 minutes off ("Troubleshooting Signature Version
 * 4 signing", IAM user guide).
 */
export function send(
  response: ServerResponse,
  { status, headers, body }: HttpResponse,
  { requestId, nowMs }: { readonly requestId: string; readonly nowMs: number },
): void {
  response.writeHead(status, {
    ...headers,
    ...(status !== 204 && { 'content-length': Buffer.byteLength(body) }),
    date: new Date(nowMs).toUTCString(),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}
