import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerApi } from './api';
import { answerControl } from './control';
import type { Fault } from './faults';
import { fingerprint } from './fingerprint';
import { perform, readBody, readHead } from './http';
import { seededIds } from './ids';
import { ProviderModel } from './model';
import type { SecondUse, TokenContext } from './refreshTokens';
import { type Reply, replyTo } from './replies';
import { presentedRefreshToken, requestToken } from './tokenEndpoint';

export interface ProviderSimulatorOptions {
  /** @default 0, a free port */
  readonly port?: number | undefined;
  /** Where credentials and tokens come from. @default seededIds(1) */
  readonly nextId?: (() => string) | undefined;
  /** @default 'same-successor' */
  readonly secondUse?: SecondUse | undefined;
  /** Whether a new access token ends the previous one early. @default false */
  readonly newTokenEndsPrevious?: boolean | undefined;
  /** Whose refresh token is seeded. @default 'user' */
  readonly context?: TokenContext | undefined;
  /** Real time added to every answer but the controls', for benchmarks. @default 0 */
  readonly latencyMs?: number | undefined;
  /** The time base that `clock.advance` adds to, epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** One line of the request log; holds no token or secret. */
export interface LoggedRequest {
  readonly path: string;
  readonly atMs: number;
  /** `null` where the connection ended without an answer. */
  readonly status: number | null;
  readonly hadRefreshToken: boolean;
  /** Of the refresh token presented: 8 hex digits of its SHA-256. */
  readonly fingerprint: string | null;
}

export interface ProviderSimulator {
  /** Without a trailing slash. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The seeded refresh token, unused. */
  readonly refreshToken: string;
  readonly model: ProviderModel;
  /** The provider's time: every lifetime counts on it. */
  readonly clock: { now(): number; advance(ms: number): void };
  /** All requests but the controls', in the order in which they were taken up. */
  readonly requests: readonly LoggedRequest[];
  readonly pendingFaults: readonly Fault[];
  /**
   * Appends a fault for the next token request that has none, or for the next `count` (1); returns
   * the function that cancels what is left of it.
   */
  orderFault(fault: Fault, count?: number): () => void;
  setSecondUse(secondUse: SecondUse): void;
  /** Ends every connection, also those still waiting for a slow answer. */
  close(): Promise<void>;
}

/**
 * Starts the simulator of the provider on 127.0.0.1: one installed package with one refresh-token
 * chain, its token endpoint, a few API calls, and the controls.
 *
 * @throws the listener's error, such as `EADDRINUSE`.
 */
export async function startProviderSimulator(
  options: ProviderSimulatorOptions = {},
): Promise<ProviderSimulator> {
  const { nextId = seededIds(1), latencyMs = 0, now = Date.now } = options;
  const { secondUse, newTokenEndsPrevious } = options;
  const clientId = nextId();
  const clientSecret = nextId();
  const model = new ProviderModel({
    clientId,
    clientSecret,
    nextId,
    secondUse,
    newTokenEndsPrevious,
  });
  let offsetMs = 0;
  const clock = {
    now: () => now() + offsetMs,
    advance: (ms: number) => {
      offsetMs += ms;
    },
  };
  const requests: LoggedRequest[] = [];
  const pendingFaults: Fault[] = [];

  const server = createServer((message, response) => void handle(message, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const simulator: ProviderSimulator = {
    url,
    clientId,
    clientSecret,
    refreshToken: model.startChain(options.context ?? 'user', clock.now()),
    model,
    clock,
    requests,
    pendingFaults,
    orderFault: (fault, count = 1) => {
      const order = { ...fault };
      for (let ordered = 0; ordered < count; ordered += 1) pendingFaults.push(order);
      return () => {
        const left = pendingFaults.filter((pending) => pending !== order);
        pendingFaults.splice(0, pendingFaults.length, ...left);
      };
    },
    setSecondUse: (secondUse) => {
      model.secondUse = secondUse;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = readHead(message);
    const isTokenRequest = head.method === 'POST' && head.path === '/v1/requestToken';
    const fault = isTokenRequest ? pendingFaults.shift() : undefined;
    const body = fault?.kind === 'refuse' ? '' : await readBody(message);
    if (body === undefined) return;
    const request = { ...head, body };
    if (head.path.startsWith('/_control/')) {
      const answer = answerControl(simulator, request);
      return perform({ kind: 'answer', answer, delayMs: 0 }, response);
    }
    const atMs = clock.now();
    const reply: Reply = isTokenRequest
      ? replyTo(fault, () => requestToken(model, request, atMs))
      : { kind: 'answer', answer: answerApi(model, request, url, atMs), delayMs: 0 };
    const refreshToken = presentedRefreshToken(body);
    requests.push({
      path: head.path,
      atMs,
      status: reply.kind === 'answer' ? reply.answer.status : null,
      hadRefreshToken: refreshToken !== undefined,
      fingerprint: refreshToken === undefined ? null : fingerprint(refreshToken),
    });
    perform(reply, response, latencyMs);
  }

  return simulator;
}
