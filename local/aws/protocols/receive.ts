import { AwsError } from '../awsError';
import type { AwsRequest } from '../awsRequest';
import { isJson10, json10 } from './json10';
import { json11 } from './json11';
import type { HttpRequest, Protocol } from './protocol';
import { query } from './query';
import { restJson } from './restJson';

/** The protocol that a request is in, by what no other one has. */
export function protocolOf({ headers, path }: HttpRequest): Protocol {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return query;
  if (isJson10(headers)) return json10;
  return path === '/' ? json11 : restJson;
}

/** Throws `AwsError` with the codes of AWS's "Common Error Types". */
export function receive(protocol: Protocol, request: HttpRequest, requestId: string): AwsRequest {
  if (request.isCut) {
    throw new AwsError('RequestEntityTooLargeException', 'The request is too large.', 413);
  }
  const understood = protocol.understand(request);
  const authorization = request.headers.authorization ?? '';
  const [, accessKeyId, region] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(authorization) ?? [];
  if (accessKeyId === undefined || region === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  return { ...understood, region, accessKeyId, requestId };
}
