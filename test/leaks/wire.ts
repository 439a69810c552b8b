import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { AwsLocal } from '../../local/aws/server';
import { closeAfterTest } from '../support/closing';

/**
 * Request lines and headers of all that reaches this process's servers until the test ends
 * (Node.js, "Diagnostics Channel", built-in channels). What authenticates is left out: it is meant
 * for the one it is sent to.
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

/** All that the function has written, as text. */
export interface Writes {
  /** The members of each write to a store but the value itself, which a plain parameter shows. */
  readonly stores: readonly string[];
  readonly messages: readonly string[];
  readonly events: readonly string[];
}

interface Written {
  readonly Name?: string;
  readonly SecretString?: unknown;
  readonly Value?: unknown;
  readonly Type?: unknown;
}

function withoutValue(input: Written): string {
  const { SecretString: _, Value, ...shown } = input;
  // Operators write configs; what else is no SecureString anybody might read.
  const isMeant = shown.Type === 'SecureString' || shown.Name?.endsWith('/config');
  return JSON.stringify(isMeant ? shown : { ...shown, Value });
}

/** Returns what gives the writes so far. */
export function recordWrites({
  secretsManager,
  parameterStore,
  sqs,
  events,
}: AwsLocal): () => Writes {
  const ofStores = [
    jest.spyOn(secretsManager, 'putSecretValue'),
    jest.spyOn(secretsManager, 'updateSecretVersionStage'),
    jest.spyOn(parameterStore, 'putParameter'),
    jest.spyOn(parameterStore, 'deleteParameter'),
  ];
  const [toQueue, toBus] = [jest.spyOn(sqs, 'sendMessage'), jest.spyOn(events, 'putEvents')];
  const inputs = () => ofStores.flatMap<readonly object[]>((spy) => spy.mock.calls);
  return () => ({
    stores: inputs().map(([input = {}]) => withoutValue(input)),
    messages: toQueue.mock.calls.map(([input]) => JSON.stringify(input)),
    events: toBus.mock.calls.map(([input]) => JSON.stringify(input)),
  });
}
