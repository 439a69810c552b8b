import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { AwsLocal } from '../../local/aws/server';
import { closeAfterTest } from '../support/closing';

/**
 * Request lines and headers of all that reaches this process's servers until the test ends
 * (Node.js, "Diagnostics Channel", built-in channels). What authenticates is left out: it is meant
 * for whom it is sent to.
 */
export function recordHeads(): string[] {
  const heads: string[] = [];
  const onRequest = (message: unknown) => {
    const { method, url, headers } = (message as { request: IncomingMessage }).request;
    const { authorization = '', 'x-amz-security-token': session, ...rest } = headers;
    const shown = authorization.replace(/^Bearer .*/, 'Bearer');
    heads.push(JSON.stringify([method, url, { ...rest, authorization: shown }]));
  };
  subscribe('http.server.request.start', onRequest);
  closeAfterTest(() => {
    unsubscribe('http.server.request.start', onRequest);
  });
  return heads;
}

/** The members of every write to the stores but the value itself. Returns what gives those so far. */
export function recordWrites({ secretsManager, parameterStore }: AwsLocal): () => string[] {
  const spies = [
    jest.spyOn(secretsManager, 'putSecretValue'),
    jest.spyOn(secretsManager, 'updateSecretVersionStage'),
    jest.spyOn(parameterStore, 'putParameter'),
    jest.spyOn(parameterStore, 'deleteParameter'),
  ];
  const inputs = () => spies.flatMap<readonly object[]>((spy) => spy.mock.calls);
  return () =>
    inputs().map(([input]) =>
      JSON.stringify({ ...input, SecretString: undefined, Value: undefined }),
    );
}
