import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsError } from './awsError';
import {
  type AwsRequest,
  accessDenied,
  namesIn,
  parseRequest,
  resourcesOf,
  type Service,
} from './awsRequest';
import { type Fault, type FaultKind, FaultOrders, refusal } from './faults';
import { operationsOf, staleSecretValue } from './operations';
import { ParameterStoreModel } from './parameterStore';
import { SecretsManagerModel } from './secretsManager';
import { type Answer, readBody, refusalAnswer, send } from './wire';

/** Longer than SDK clients keep an idle socket, so that none is closed under a request. */
const KEEP_ALIVE_MS = 10 * 60 * 1000;

/** Whether a policy allows an action (`service:Operation`) on a resource (an ARN, a name or `*`). */
export type Authorize = (request: {
  readonly action: string;
  readonly resource: string;
  readonly accessKeyId: string;
}) => boolean;

export interface AwsLocalOptions {
  /** @default any free port */
  readonly port?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** Time added to every answer. @default 0 */
  readonly latencyMs?: number;
  /** Asked once for each resource of a request. @default everything is allowed */
  readonly authorize?: Authorize;
}

/** One call as it arrived: what was named, never a value. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
  readonly names: readonly string[];
  readonly atMs: number;
  readonly fault: FaultKind | undefined;
  /** HTTP status; undefined while, or if ever, no answer was sent. */
  status: number | undefined;
  /** AWS's name of the error answered. */
  error: string | undefined;
}

export interface AwsLocal {
  /** For `AWS_ENDPOINT_URL` or a client's `endpoint`. */
  readonly url: string;
  readonly secretsManager: SecretsManagerModel;
  readonly parameterStore: ParameterStoreModel;
  /** Every call understood, in order of arrival. */
  readonly calls: readonly Call[];
  /** Lets a fault strike later calls; returns the function that cancels what is left of it. */
  orderFault(fault: Fault): () => void;
  /** Breaks every connection, answered or not. */
  close(): Promise<void>;
}

/**
 * Secrets Manager and SSM Parameter Store on 127.0.0.1, for any client that speaks AWS's JSON 1.1
 * protocol, in any region and under any credentials. Rejects with Node's error where the port is
 * taken. Source: "AWS JSON 1.1 protocol" (Smithy).
 */
export async function startAwsLocal(options: AwsLocalOptions = {}): Promise<AwsLocal> {
  const { port = 0, now = Date.now, latencyMs = 0, authorize = () => true } = options;
  const secretsManager = new SecretsManagerModel(now);
  const parameterStore = new ParameterStoreModel(now);
  const operations = operationsOf(secretsManager, parameterStore);
  const faults = new FaultOrders();
  const calls: Call[] = [];
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each answer held back, however many

  function perform(request: AwsRequest, fault: Fault | undefined): object {
    const action = `${request.service}:${request.operation}`;
    const operation = operations.get(action);
    if (!operation) {
      const message = `${action} is not served here.`;
      throw new AwsError('UnknownOperationException', message);
    }
    for (const resource of resourcesOf(request, (id) => secretsManager.arnOf(id))) {
      const allowed = authorize({ action, resource, accessKeyId: request.accessKeyId });
      if (!allowed || fault?.kind === 'deny') throw accessDenied(request, resource);
    }
    const refused = fault && refusal(fault.kind, request.service);
    if (refused) throw refused;
    const stale = fault?.kind === 'staleRead' && staleSecretValue(secretsManager, request);
    return stale || operation(request.input as never, request.region);
  }

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(message);
    let call: Call | undefined;
    let fault: Fault | undefined;
    let answer: Answer;
    try {
      const request = parseRequest(message, body);
      const { service, operation } = request;
      fault = faults.take(request);
      call = {
        service,
        operation,
        names: namesIn(request),
        atMs: now(),
        fault: fault?.kind,
        status: undefined,
        error: undefined,
      };
      calls.push(call);
      if (fault?.kind === 'hang') return;
      if (fault?.kind === 'dropBefore') return void message.socket.destroy();
      answer = { status: 200, body: perform(request, fault) };
    } catch (error) {
      answer = refusalAnswer(error, call?.service);
    }
    if (fault?.kind === 'dropAfter') return void message.socket.destroy();

    const delayMs = latencyMs + (fault?.kind === 'slow' ? fault.delayMs : 0);
    if (delayMs > 0) await delay(delayMs, undefined, { signal: closing.signal });
    if (call) Object.assign(call, { status: answer.status, error: answer.error });
    send(response, answer);
  }

  const server = createServer((message, response) => {
    // What rejects is a client that went away in the middle of its request, or `close`.
    handle(message, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secretsManager,
    parameterStore,
    calls,
    orderFault: (fault) => faults.order(fault),
    close() {
      closing.abort();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
