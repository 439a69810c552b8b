import * as v from 'valibot';
import { contradictionIn, exchangeOf } from './exchange';
import { FaultSchema } from './faults';
import { fingerprint } from './fingerprint';
import { parseJsonBody, type Request } from './http';
import { secondUses } from './refreshTokens';
import { json, type ProviderResponse } from './replies';
import type { ProviderSimulator } from './simulator';

const centurySeconds = 100 * 365 * 24 * 3600;

const FaultOrder = v.looseObject({
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 1),
  forSeconds: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(centurySeconds))),
});
const ClockOrder = v.strictObject({
  advanceSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(centurySeconds)),
});
const Nothing = v.strictObject({});
const SecondUseOrder = v.strictObject({ secondUse: v.picklist(secondUses) });

/**
 * The simulator's controls over HTTP, for those who run it alone. Orders are JSON objects sent as
 * `application/json`; a browser asks before it sends that across origins, and is refused.
 *
 * - `POST /_control/faults`: a fault's members, and optionally `count` or `forSeconds`.
 * - `POST /_control/clock`: `{"advanceSeconds": N}`.
 * - `POST /_control/second-use`: `{"secondUse": "..."}`.
 * - `POST /_control/login`: `{}`; somebody logs in again. Answers `{"refreshToken":"..."}`.
 * - `POST /_control/client-secret`: `{}`; stages a client secret, which is accepted at once. Answers
 *   with it, as plain text.
 * - `GET /_control/state`: setting, pending faults, refresh tokens by fingerprint, request log.
 *
 * An order that is not understood gets 400 `{"error": "..."}` and changes nothing.
 */
export function answerControl(simulator: ProviderSimulator, request: Request): ProviderResponse {
  try {
    switch (`${request.method} ${request.path}`) {
      case 'GET /_control/state':
        return json(200, describe(simulator));
      case 'POST /_control/faults': {
        const { count, forSeconds, ...rest } = v.parse(FaultOrder, orderOf(request));
        const fault = v.parse(FaultSchema, rest);
        const contradiction = contradictionIn(exchangeOf(fault));
        if (contradiction !== undefined) throw new InvalidOrder(contradiction);
        simulator.orderFault(
          fault,
          forSeconds === undefined ? count : { forMs: forSeconds * 1000 },
        );
        return json(200, { pendingFaults: simulator.pendingFaults.length });
      }
      case 'POST /_control/clock': {
        const { advanceSeconds } = v.parse(ClockOrder, orderOf(request));
        simulator.clock.advance(advanceSeconds * 1000);
        return json(200, { now: isoTime(simulator.clock.now()) });
      }
      case 'POST /_control/second-use': {
        const { secondUse } = v.parse(SecondUseOrder, orderOf(request));
        simulator.setSecondUse(secondUse);
        return json(200, { secondUse });
      }
      case 'POST /_control/login': {
        v.parse(Nothing, orderOf(request));
        return json(200, { refreshToken: simulator.logIn() });
      }
      case 'POST /_control/client-secret': {
        v.parse(Nothing, orderOf(request));
        const headers = { 'content-type': 'text/plain; charset=utf-8' };
        return { status: 200, headers, body: simulator.stageClientSecret() };
      }
      default:
        return json(404, { error: `there is no control ${request.method} ${request.path}` });
    }
  } catch (error) {
    if (error instanceof InvalidOrder) return json(400, { error: error.message });
    if (!v.isValiError(error)) throw error;
    const [issue] = error.issues;
    return json(400, { error: `${v.getDotPath(issue) ?? 'body'}: ${issue.message}` });
  }
}

class InvalidOrder extends Error {}

function orderOf(request: Request): unknown {
  if (request.contentType !== 'application/json') {
    throw new InvalidOrder('send the order with content-type application/json');
  }
  const order = parseJsonBody(request.body);
  if (order === undefined) throw new InvalidOrder('the body is not JSON');
  return order;
}

function describe(simulator: ProviderSimulator): object {
  const nowMs = simulator.clock.now();
  return {
    now: isoTime(nowMs),
    secondUse: simulator.model.secondUse,
    pendingFaults: simulator.pendingFaults,
    refreshTokens: simulator.model.refreshTokens().map((entry) => ({
      fingerprint: fingerprint(entry.token),
      chain: entry.chain,
      context: entry.context,
      issuedAt: isoTime(entry.issuedAtMs),
      accepted: simulator.model.accepts(entry.token, nowMs),
      state: entry.state,
      ...(entry.state === 'used' && {
        firstUsedAt: isoTime(entry.firstUsedAtMs),
        successors: entry.successors.map(fingerprint),
      }),
    })),
    requests: simulator.requests,
  };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
