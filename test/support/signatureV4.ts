import { createHash, createHmac } from 'node:crypto';
import type { Received } from './scriptedServer';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();

/**
 * The service that a request without a query is signed for, if the signature is that of the secret
 * key, worked out as AWS does (IAM User Guide, "Create a signed AWS API request").
 */
export function serviceSignedFor(request: Received, secretKey: string): string | undefined {
  const { method, url, headers, body } = request;
  const pattern = /Credential=[^/]+\/(.+), SignedHeaders=(.+), Signature=(\w+)$/;
  const [, scope = '', signed = '', signature] = pattern.exec(headers.authorization ?? '') ?? [];
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}`);
  const canonical = [method, url, '', ...lines, '', signed, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const [date = '', region = '', service = '', end = ''] = scope.split('/');
  const key = [region, service, end].reduce(hmac, hmac(`AWS4${secretKey}`, date));
  return hmac(key, toSign).toString('hex') === signature ? service : undefined;
}
