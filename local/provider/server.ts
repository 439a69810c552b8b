import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asksForOwnHost, otherHostRefused } from '../ownHosts';
import { answerWithoutFault, kindOf } from './api';
import { stagingWaitMs } from './clientSecrets';
import { answerControl } from './control';
import { contradictionIn, exchangeOf, isFor, needsTrueAnswer, undisturbed } from './exchange';
import type { ProviderFault } from './faults';
import { fingerprint } from './fingerprint';
import { readBody, readHead, sendReply } from './http';
import { seededIds } from './ids';
import { LateRequests } from './lateRequests';
import { ProviderModel, type ProviderModelOptions } from './model';
import { PendingFaults } from './pendingFaults';
import type { TokenContext } from './refreshTokens';
import { json, type ProviderResponse, replyTo } from './replies';
import type { LoggedRequest, ProviderSimulator } from './simulator';
import { presentedRefreshToken } from './tokenEndpoint';

export type { LoggedRequest, ProviderSimulator };

export interface ProviderSimulatorOptions
  extends Omit<ProviderModelOptions, 'clientId' | 'clientSecret' | 'nextId'> {
  /** @default 0, a free port */
  readonly port?: number | undefined;
  /** Where credentials and tokens come from. @default seededIds(1) */
  readonly nextId?: (() => string) | undefined;
  /** Whose refresh token is seeded. @default 'user' */
  readonly context?: TokenContext | undefined;
  /** Real time added to every answer but the controls', for benchmarks. @default 0 */
  readonly latencyMs?: number | undefined;
  /** The time base that `clock.advance` adds to, epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined;
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
  const clientId = nextId();
  const clientSecret = nextId();
  const model = new ProviderModel({ ...options, clientId, clientSecret, nextId });
  let offsetMs = 0;
  const clock = {
    now: () => now() + offsetMs,
    advance: (ms: number) => {
      offsetMs += ms;
    },
  };
  const requests: LoggedRequest[] = [];
  const pending = new PendingFaults();
  const late = new LateRequests(clock.now);

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
    pendingFaults: pending.faults,
    orderFault: (fault, times = 1) => {
      const contradiction = contradictionIn(exchangeOf(fault));
      if (contradiction !== undefined) throw new Error(contradiction);
      return pending.order(fault, times, clock.now());
    },
    settle: () => late.settle(),
    logIn: () => model.startChain(options.context ?? 'user', clock.now()),
    stageClientSecret: () => {
      const secret = nextId();
      model.clientSecrets.stage(secret, clock.now() - stagingWaitMs);
      return secret;
    },
    setSecondUse: (secondUse) => {
      model.secondUse = secondUse;
    },
    close: () =>
      new Promise((resolve) => {
        late.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!asksForOwnHost(message)) {
      const answer = json(403, { error: otherHostRefused(message) });
      return sendReply({ kind: 'answer', answer }, response, { nowMs: clock.now(), delayMs: 0 });
    }
    const head = readHead(message);
    const [first] = pending.faults;
    const body = first && isResetOnArrival(head, first) ? '' : await readBody(message);
    if (body === undefined) return;
    const request = { ...head, body };
    const nowMs = clock.now();
    if (head.path.startsWith('/_control/')) {
      const answer = answerControl(simulator, request);
      return sendReply({ kind: 'answer', answer }, response, { nowMs, delayMs: 0 });
    }

    late.settle();
    const kind = kindOf(request);
    const fault = pending.take(nowMs, (each) => isFor(exchangeOf(each), kind));
    const { takenUp, answer, delayMs = 0 } = fault ? exchangeOf(fault) : undisturbed;
    const refreshToken = presentedRefreshToken(body);
    const logged: { -readonly [Member in keyof LoggedRequest]: LoggedRequest[Member] } = {
      path: head.path,
      atMs: nowMs,
      status: null,
      takenUpAtMs: null,
      hadRefreshToken: refreshToken !== undefined,
      fingerprint: refreshToken === undefined ? null : fingerprint(refreshToken),
    };
    requests.push(logged);

    const takeUp = (atMs: number): ProviderResponse => {
      logged.takenUpAtMs = atMs;
      return answerWithoutFault(model, request, url, atMs);
    };
    const respond = (trueAnswer?: ProviderResponse): void => {
      const reply = replyTo(answer, trueAnswer, clock.now());
      if ('answer' in reply) logged.status = reply.answer.status;
      sendReply(reply, response, { nowMs: clock.now(), delayMs: latencyMs + delayMs });
    };
    if (takenUp === 'now') respond(takeUp(nowMs));
    else if (!needsTrueAnswer(answer)) respond();
    if (kind === 'refresh' || kind === 'credentials') late.noteFollowing();
    if (typeof takenUp === 'object') {
      late.add(takenUp, (atMs) => {
        const trueAnswer = takeUp(atMs);
        if (needsTrueAnswer(answer)) respond(trueAnswer);
      });
    }
  }

  return simulator;
}

/** A reset comes before the body is read, unless what the body says decides whether it comes. */
function isResetOnArrival(head: ReturnType<typeof readHead>, fault: ProviderFault): boolean {
  const { answer, of } = exchangeOf(fault);
  const isTokenRequest = kindOf({ ...head, body: '' }) === 'credentials';
  return answer === 'reset' && of === undefined && isTokenRequest;
}
