import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './awsError';
import type { Service } from './awsRequest';

const MAX_BODY_BYTES = 1024 * 1024;

export interface Answer {
  /** HTTP status. */
  readonly status: number;
  readonly body: object;
  /** AWS's name of the error that this is. */
  readonly error?: string;
}

/** The answer to what was thrown. An error that isn't AWS's is a fault of this server: 500. */
export function refusalAnswer(thrown: unknown, service: Service | undefined): Answer {
  const error =
    thrown instanceof AwsError ? thrown : new AwsError('InternalFailure', String(thrown), 500);
  // Spelled as in each service's API model; SDKs read both.
  const member = service === 'secretsmanager' ? 'Message' : 'message';
  return {
    status: error.status,
    error: error.name,
    body: { __type: error.name, ...(error.message !== '' && { [member]: error.message }) },
  };
}

/** What is beyond 1 MiB is dropped, so that the rest is refused as broken JSON. */
export async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}
