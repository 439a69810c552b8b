import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { asksForOwnHost, otherHostRefused } from '../ownHosts';
import { AwsError } from './awsError';
import { type AwsRequest, namesIn, type Service } from './awsRequest';
import type { CloudWatchModel } from './cloudWatch/cloudWatch';
import type { EventBusModel } from './events/eventBus';
import { type AwsFault, type FaultKind, FaultOrders } from './faults';
import { type AccessCheck, accessChecksOf } from './iam/accessChecks';
import { type Authorize, accessDenied } from './iam/authorization';
import { keyUsesOf } from './iam/keyUses';
import { checkSignatureAge } from './iam/signatureAge';
import type { EventSourceMappings } from './lambda/eventSourceMappings';
import type { LocalFunctionOptions } from './lambda/localFunction';
import { createModels, type Models } from './models';
import { operationsOf, staleSecretValue } from './operations';
import type { ParameterStoreModel } from './parameterStore/parameterStore';
import type { HttpResponse } from './protocols/protocol';
import { protocolOf, receive } from './protocols/receive';
import { readRequest, send } from './protocols/wire';
import { refusal } from './refusals';
import { fire } from './scheduler/firing';
import type { SchedulerModel } from './scheduler/scheduler';
import type { SecretsManagerModel } from './secretsManager/secretsManager';
import type { VersionLimits } from './secretsManager/secretVersions';
import type { SqsModel } from './sqs/sqs';

/** Longer than SDK clients keep an idle socket, so that none is closed under a request. */
const keepAliveMs = 10 * 60 * 1000;

export interface AwsLocalOptions {
  /** @default any free port */
  readonly port?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** Time added to every answer. @default 0 */
  readonly latencyMs?: number;
  /**
   * Asked about each resource of a request and each key that it needs, and for IAM's simulation.
   * @default all is allowed
   */
  readonly authorize?: Authorize;
  /**
   * How far a client's clock may be off when it signs; AWS refuses what is more than 5 minutes off.
   * @default any time: tests move clocks
   */
  readonly signatureToleranceMs?: number;
  /**
   * The function that Lambda serves; fed from the queue `sfmc-token-rotator.fifo`, which is there
   * with the first request unless another one feeds it.
   * @default none
   */
  readonly function?: LocalFunctionOptions;
  /** How many versions a secret keeps, and how old one is that makes room. @default as in AWS */
  readonly versionLimits?: VersionLimits;
}

/** One call as it arrived: what was named, never a value. */
export interface LoggedCall {
  readonly service: Service;
  readonly operation: string;
  readonly names: readonly string[];
  readonly atMs: number;
  readonly fault: FaultKind | undefined;
  /** HTTP status; undefined while, or if ever, no answer was sent. */
  status: number | undefined;
  /** AWS's name of the error answered, as its JSON protocols have it. */
  error: string | undefined;
}

export interface AwsLocal {
  /** For `AWS_ENDPOINT_URL` or a client's `endpoint`. */
  readonly url: string;
  readonly secretsManager: SecretsManagerModel;
  readonly parameterStore: ParameterStoreModel;
  readonly cloudWatch: CloudWatchModel;
  readonly scheduler: SchedulerModel;
  readonly sqs: SqsModel;
  readonly events: EventBusModel;
  readonly eventSourceMappings: EventSourceMappings;
  /** Every call understood, in order of arrival. */
  readonly calls: readonly LoggedCall[];
  /**
   * Lets a schedule hand its input to its target, in the name of its role.
   *
   * @param scheduledAtMs when it was to do so, milliseconds since the epoch. @default now
   * @throws AwsError if that is refused
   */
  fireSchedule(name: string, scheduledAtMs?: number): void;
  /** Lets a fault strike later calls; returns the function that cancels what is left of it. */
  orderFault(fault: AwsFault): () => void;
  /** Breaks every connection, answered or not, and ends the function's process. */
  close(): Promise<void>;
}

/**
 * AWS on 127.0.0.1, as far as a rotator, its readers and its operators need it, for any client that
 * speaks AWS's protocols, in any Region and under any credentials. Rejects with Node's error if
 * the port is taken.
 */
export async function startAwsLocal(options: AwsLocalOptions = {}): Promise<AwsLocal> {
  const { port = 0, now = Date.now, latencyMs = 0, authorize, signatureToleranceMs } = options;
  const faults = new FaultOrders();
  const calls: LoggedCall[] = [];
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each answer held back, however many

  const server = createServer((message, response) => {
    // What rejects is a client that went away in the middle of its request, or `close`.
    handle(message, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { function: ofFunction, versionLimits } = options;
  const models = createModels(url, now, authorize ?? (() => true), ofFunction, versionLimits);
  const { localFunction, eventSourceMappings } = models;
  const perform = performer(models, authorize);

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    if (!asksForOwnHost(message)) {
      const headers = { 'content-type': 'text/plain', connection: 'close' };
      const answer = { status: 403, headers, body: otherHostRefused(message) };
      return send(response, answer, { requestId, nowMs: now() });
    }
    const http = await readRequest(message);
    const protocol = protocolOf(http);
    let call: LoggedCall | undefined;
    let fault: AwsFault | undefined;
    let answer: HttpResponse;
    let refused: AwsError | undefined;
    try {
      const request = receive(protocol, http, requestId);
      if (signatureToleranceMs !== undefined) checkSignatureAge(http, now(), signatureToleranceMs);
      const { service, operation } = request;
      fault = faults.take(request);
      eventSourceMappings.ensureQueue(request.region);
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
      answer = protocol.answer(request, await perform(request, fault));
    } catch (error) {
      // An error that isn't AWS's is a fault of this server.
      refused =
        error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
      answer = protocol.refuse(refused, requestId, call?.service);
    }
    if (fault?.kind === 'dropAfter') return void message.socket.destroy();

    const delayMs = latencyMs + (fault?.kind === 'slow' ? fault.delayMs : 0);
    if (delayMs > 0) await delay(delayMs, undefined, { signal: closing.signal });
    if (call) Object.assign(call, { status: answer.status, error: refused?.name });
    send(response, answer, { requestId, nowMs: now() });
  }

  return {
    url,
    secretsManager: models.secretsManager,
    parameterStore: models.parameterStore,
    cloudWatch: models.cloudWatch,
    scheduler: models.scheduler,
    sqs: models.sqs,
    events: models.events,
    eventSourceMappings,
    calls,
    fireSchedule: (name, scheduledAtMs = now()) =>
      fire(models, authorize ?? (() => true), name, scheduledAtMs),
    orderFault: (fault) => faults.order(fault),
    async close() {
      closing.abort();
      eventSourceMappings.close();
      models.secretRotations.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await Promise.all([closed, localFunction?.close()]);
    },
  };
}

/** What applies a request once it is authorized, and struck by its fault. */
function performer(models: Models, authorize: Authorize | undefined) {
  const operations = operationsOf(models, (request) => perform(request, undefined));
  return perform;

  function perform(request: AwsRequest, fault: AwsFault | undefined): object | Promise<object> {
    const { service, accessKeyId } = request;
    const operation = operations.get(`${service}:${request.operation}`);
    if (!operation) {
      const message = `${service}:${request.operation} is not served here.`;
      throw new AwsError('UnknownOperationException', message);
    }
    const allows = (check: AccessCheck) => authorize?.({ ...check, accessKeyId }) ?? true;
    for (const check of accessChecksOf(request, models)) {
      if (!allows(check) || fault?.kind === 'deny') throw accessDenied(request, check);
    }
    if (authorize && !keyUsesOf(request, models).every(allows)) throw refusal('denyKms', service);
    const refused = fault && refusal(fault.kind, service);
    if (refused) throw refused;
    const stale = fault?.kind === 'staleRead' && staleSecretValue(models.secretsManager, request);
    return stale || operation(request.input as never, request);
  }
}
