import { invalidOptions, refuseUnknownOptions } from './options';
import {
  longestReadMs,
  problemOf,
  refuseIfDeleted,
  SourceError,
  type TokenSource,
} from './tokenSource';

/** How to reach the extension. */
export interface ExtensionSourceOptions {
  /** @default PARAMETERS_SECRETS_EXTENSION_HTTP_PORT, else 2773 */
  readonly port?: number | undefined;
}

/** It begins to serve when the first invocation does, a moment after the function's own code. */
const notReadyCodes = ['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'];
const notReadyDelaysMs = [25, 50, 100, 200, 400];
const notReady = 'not ready to serve traffic';

/**
 * Reads through the AWS Parameters and Secrets Lambda Extension, without the SDK. The extension
 * keeps what it has read for `SECRETS_MANAGER_TTL` seconds, 300 by default, and has no way to be
 * asked for a newer value: until then a read after a 401 may give the same token again.
 * Source: AWS Secrets Manager User Guide, "Use AWS Secrets Manager secrets in AWS Lambda functions".
 *
 * @throws TokenReaderError `InvalidOptions`
 */
export function extensionSource(options: ExtensionSourceOptions = {}): TokenSource {
  refuseUnknownOptions(options, 'extensionSource', ['port']);
  const port = options.port ?? Number(process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT || 2773);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    const given = options.port === undefined ? 'PARAMETERS_SECRETS_EXTENSION_HTTP_PORT' : 'port';
    throw invalidOptions(`extensionSource: ${given} must be a number from 1 to 65535`);
  }
  return {
    onlyDuringInvocations: true,
    async read(secretId) {
      const signal = AbortSignal.timeout(longestReadMs);
      for (let attempt = 0; ; attempt += 1) {
        const answer = await ask(port, secretId, signal);
        if (answer.status === 200) return secretStringOf(answer.body);
        refuseIfDeleted(answer.body, secretId);
        const delayMs = notReadyDelaysMs[attempt];
        if (!answer.isNotReady || delayMs === undefined) throw answer.refusal;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    },
  };
}

async function ask(port: number, secretId: string, signal: AbortSignal) {
  const query = new URLSearchParams({ secretId, versionStage: 'AWSCURRENT' });
  try {
    const response = await fetch(`http://localhost:${port}/secretsmanager/get?${query}`, {
      // Lambda's own session token proves to the extension that the caller is this function.
      headers: { 'x-aws-parameters-secrets-token': process.env.AWS_SESSION_TOKEN ?? '' },
      redirect: 'error',
      signal,
    });
    const { status } = response;
    const body = await response.text();
    return { status, body, isNotReady: body.includes(notReady), refusal: refusal(status, body) };
  } catch (thrown) {
    const problem = problemOf(thrown);
    return {
      status: 0,
      body: '',
      isNotReady: notReadyCodes.includes(problem),
      refusal: new SourceError(
        `no answer from the Parameters and Secrets extension on port ${port} (${problem})`,
        "Check that the extension's layer is attached to the function, and its port.",
      ),
    };
  }
}

function secretStringOf(body: string): string {
  try {
    const { SecretString } = JSON.parse(body) as { SecretString?: unknown };
    if (typeof SecretString === 'string') return SecretString;
  } catch {
    // The engine's own error quotes a piece of the answer.
  }
  throw new SourceError("the extension's answer holds no SecretString");
}

function refusal(status: number, body: string): SourceError {
  if (body.includes(notReady)) {
    return new SourceError(
      `the extension answers ${status}, since it is not ready`,
      'It serves from the first invocation on: read the token in the handler, not before.',
    );
  }
  // Of the answer's text only the name that AWS gave the error is passed on.
  const name = /\b[A-Z][A-Za-z]{1,50}(?:Exception|Failure|Error)\b/.exec(body)?.[0];
  return new SourceError(`the extension answers ${status}${name ? ` (${name})` : ''}`);
}
