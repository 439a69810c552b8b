import type { IncomingMessage } from 'node:http';
import { ACCOUNT_ID } from './account';
import { AwsError } from './awsError';
import { parameterArn } from './parameter';

export type Service = 'secretsmanager' | 'ssm';

/** A request of the AWS JSON 1.1 protocol, its signature unread but for the credential scope. */
export interface AwsRequest {
  readonly service: Service;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const TARGET_PREFIXES: ReadonlyMap<string, Service> = new Map([
  ['secretsmanager', 'secretsmanager'],
  ['AmazonSSM', 'ssm'],
]);

/** Throws `AwsError` with the codes of AWS's "Common Error Types". */
export function parseRequest(message: IncomingMessage, body: string): AwsRequest {
  const [prefix = '', operation = ''] = String(message.headers['x-amz-target']).split('.');
  const service = TARGET_PREFIXES.get(prefix);
  if (message.method !== 'POST' || !service) {
    throw new AwsError('UnknownOperationException', 'Neither Secrets Manager nor SSM.', 404);
  }
  const authorization = message.headers.authorization ?? '';
  const [, accessKeyId, region] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(authorization) ?? [];
  if (accessKeyId === undefined || region === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  return { service, operation, region, accessKeyId, input: parseInput(body) };
}

/** A member that is null counts as absent, as in AWS. */
function parseInput(body: string): Readonly<Record<string, unknown>> {
  try {
    const input = JSON.parse(body, (_, value) => (value === null ? undefined : value));
    if (typeof input === 'object' && !Array.isArray(input)) return input;
  } catch {
    // Not JSON: refused like JSON that is no object.
  }
  throw new AwsError('SerializationException');
}

/** The names in a request, as it gives them: of a secret, a parameter, parameters or a path. */
export function namesIn({ input }: Pick<AwsRequest, 'input'>): readonly string[] {
  const { SecretId, Name, Names, Path } = input;
  return [SecretId, Name, Names, Path]
    .flat()
    .filter((name): name is string => typeof name === 'string');
}

/**
 * What IAM would check the request against. A secret that doesn't exist stands under the name given,
 * as in AWS's own refusals. `arnOf` looks a secret up. Source: "Actions, resources, and condition
 * keys" for both services (Service Authorization Reference).
 */
export function resourcesOf(
  request: AwsRequest,
  arnOf: (secretId: string) => string | undefined,
): readonly string[] {
  const names = namesIn(request);
  if (names.length === 0) return ['*'];
  if (request.service === 'secretsmanager') return names.map((name) => arnOf(name) ?? name);
  return names.map((name) => parameterArn(name.split(':')[0] ?? '', request.region));
}

/** AWS's refusal of an action that no policy allows. */
export function accessDenied(request: AwsRequest, resource: string): AwsError {
  const user = `arn:aws:iam::${ACCOUNT_ID}:user/${request.accessKeyId}`;
  const action = `${request.service}:${request.operation}`;
  const on = resource === '*' ? '' : ` on resource: ${resource}`;
  return new AwsError(
    'AccessDeniedException',
    `User: ${user} is not authorized to perform: ${action}${on} because no identity-based policy allows the ${action} action`,
  );
}
