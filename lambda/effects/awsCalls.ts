import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest, loadJsonRpcErrorCode } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { type AwsService, type EnvironmentVariables, endpointOf, regionOf } from './awsEndpoint';

/** As the SDK's clients take them. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/**
 * Makes one attempt at an operation, and gives its output as AWS's JSON has it: times are seconds
 * since the epoch.
 *
 * @throws Error whose `name` is AWS's own for it, or of what kept the answer from coming
 */
export type AwsCall = <Output>(
  operation: string,
  input: object,
  options: CallOptions,
) => Promise<Output>;

/** AWS's answer that it did not do what it was asked. */
class AwsRefusal extends Error {
  constructor(
    override readonly name: string,
    message: string,
    /** The same request would be refused again. */
    readonly isForGood: boolean,
  ) {
    super(message);
  }
}

/** The connections, which stay open from one call to the next. */
const http = new NodeHttpHandler();

/** By how much this environment's clock is behind AWS's. */
let clockOffsetMs = 0;
/** What is off by more is corrected: AWS takes signatures of five minutes ago at most. */
const skewMs = 240_000;

const throttled = /throttl|LimitExceeded|TooManyRequests|SlowDown/i;

/**
 * Calls a service with what a call takes of the SDK: its signatures and its HTTP client. The SDK's
 * clients, which are built of these, would be most of a cold start.
 *
 * @param urlOf where the service is called if not at its endpoint
 */
export function connectAws(
  service: AwsService,
  env: EnvironmentVariables,
  urlOf: () => string = () => endpointOf(service, env),
): AwsCall {
  let url: URL | undefined;
  let signer: SignatureV4 | undefined;
  return async (operation, input, options) => {
    url ??= new URL(urlOf());
    signer ??= new SignatureV4({
      service: service.name,
      region: regionOf(env),
      credentials: async () => credentialsOf(env),
      sha256: Sha256,
    });
    const request = requestTo(url, service, operation, JSON.stringify(input), env);
    const sentAtMs = Date.now();
    const signingDate = new Date(sentAtMs + clockOffsetMs);
    const signed = (await signer.sign(request, { signingDate })) as HttpRequest;
    const { response } = await http.handle(signed, options);
    const isCorrected = correctClock(response.headers, sentAtMs);
    const text = await textOf(response.body);
    const output = text === '' ? {} : JSON.parse(text);
    const { statusCode } = response;
    // Whatever stands in front may say that all went well.
    if (typeof output !== 'object' || output === null) throw new Error('no answer of AWS');
    if (statusCode < 300) return output;
    const name = loadJsonRpcErrorCode(response, output) ?? 'Unknown';
    const message = output.message || output.Message || 'UnknownError';
    const mayPass = isCorrected || statusCode >= 500 || statusCode === 429 || throttled.test(name);
    throw new AwsRefusal(name, message, !mayPass);
  };
}

/** The same, tried once more unless it is refused for good. */
export function withOneRetry(call: AwsCall): AwsCall {
  return async (operation, input, options) => {
    try {
      return await call(operation, input, options);
    } catch (thrown) {
      const isForGood = thrown instanceof AwsRefusal && thrown.isForGood;
      if (isForGood || options.abortSignal.aborted) throw thrown;
      return call(operation, input, options);
    }
  };
}

/**
 * Lambda passes the role's credentials as environment variables, and in no other way (AWS Lambda
 * Developer Guide, "Defined runtime environment variables").
 */
function credentialsOf(env: EnvironmentVariables) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    };
  }
  const missing = 'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing';
  throw Object.assign(new Error(missing), { name: 'CredentialsProviderError' });
}

function requestTo(
  url: URL,
  { target, version }: AwsService,
  operation: string,
  body: string,
  env: EnvironmentVariables,
): HttpRequest {
  return new HttpRequest({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port && { port: Number(url.port) }),
    path: url.pathname,
    headers: {
      host: url.host,
      'content-type': `application/x-amz-json-${version}`,
      'content-length': String(Buffer.byteLength(body)),
      'x-amz-target': `${target}.${operation}`,
      'user-agent': 'sfmc-token-rotator',
      // By this AWS finds functions that call themselves in a circle (AWS Lambda Developer Guide,
      // "Use Lambda recursive loop detection").
      ...(env._X_AMZN_TRACE_ID && { 'x-amzn-trace-id': env._X_AMZN_TRACE_ID }),
    },
    body,
  });
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Whether the clock was wrong. */
function correctClock(
  { date = '', age }: Record<string, string | undefined>,
  sentAtMs: number,
): boolean {
  const nowMs = Date.now();
  // What a cache answers, and an answer from before Lambda froze the function, has a time long past.
  if (age !== undefined || nowMs - sentAtMs >= skewMs) return false;
  const offsetMs = Date.parse(date) - nowMs;
  const isWrong = Math.abs(offsetMs - clockOffsetMs) >= skewMs;
  if (isWrong) clockOffsetMs = offsetMs;
  return isWrong;
}
