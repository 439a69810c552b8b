import { type HttpAnswer, noAnswerInTime } from '../../lambda/core/providerAnswer';
import type { Provider } from '../../lambda/effects/provider';
import { accessTokenLifeMs, type Grant, type ProviderRequest } from '../outside/provider';
import type { Invocation } from '../simulated';
import type { RequestFault } from '../vocabulary';
import { answersByGrant, lifeMsOf, replyOf } from './answers';
import { type Affected, effect, type Outcome, type Trouble } from './effect';

type Exchange = Pick<RequestFault, 'takenUp' | 'laterMs' | 'answer' | 'slowMs'>;

const undisturbed: Exchange = { takenUp: 'now', laterMs: 0, answer: 'valid', slowMs: 0 };

const exchangeOf = (trouble: Trouble | undefined): Exchange =>
  trouble?.kind === 'request' ? trouble : undisturbed;

export function simulatedProvider(simulation: Affected, invocation: Invocation): Provider {
  const { outside, time, checker, lateRequests } = simulation;

  /** Takes a request up, now or later or never. */
  function takeUp(request: ProviderRequest, exchange: Exchange): Grant | undefined {
    const { takenUp, answer } = exchange;
    if (takenUp === 'never') return undefined;
    if (takenUp !== 'now' && takenUp !== 'overtaken') {
      lateRequests.hold(request, exchange);
      return undefined;
    }
    const usualMs = simulation.options.lifeMs ?? accessTokenLifeMs;
    const grant = outside.provider.requestToken(request, time.nowMs, lifeMsOf(answer, usualMs));
    lateRequests.noteTakenUp(request.refreshToken);
    return grant;
  }

  return {
    requestToken: (sent, timeoutMs) => {
      const request: ProviderRequest = {
        clientSecret: sent.clientSecret.reveal(),
        refreshToken: sent.refreshToken?.reveal(),
        isOffline: sent.offline,
      };
      const carryOut = (trouble: Trouble | undefined, latencyMs: number) => {
        const exchange = exchangeOf(trouble);
        const { answer } = exchange;
        checker.beforeTokenRequest(invocation, request);
        const grant = takeUp(request, exchange);
        const reply = replyOf(exchange, grant, {
          timeoutMs: timeoutMs - latencyMs,
          nowMs: time.nowMs,
        });
        const isGrantAnswered = answersByGrant.has(answer) && reply.answer.kind === 'response';
        const successor = grant?.refreshToken;
        const isReceived = isGrantAnswered && answer !== 'noRefreshToken';
        if (isReceived && successor) outside.provider.noteReceived(successor);
        checker.afterTokenRequest(invocation, request, {
          successor,
          isReceived,
          isRefused: answer === 'own401' || (isGrantAnswered && !grant),
        });
        simulation.trace(
          () => `${request.refreshToken} answered ${answer}, brings ${grant?.refreshToken}`,
        );
        return toOutcome(reply);
      };
      const call = 'provider.requestToken';
      return effect<HttpAnswer>(simulation, invocation, call, carryOut, {
        refreshToken: request.refreshToken,
        timeout: { afterMs: timeoutMs, value: { kind: 'noResponse', reason: noAnswerInTime } },
      });
    },

    tokenContext: (_, accessToken, timeoutMs) =>
      effect(simulation, invocation, 'provider.tokenContext', (trouble) => {
        const exchange = exchangeOf(trouble);
        if (!answersByGrant.has(exchange.answer)) {
          return toOutcome(replyOf(exchange, undefined, { timeoutMs, nowMs: time.nowMs }));
        }
        const validUntilMs = outside.provider.validUntilMs(accessToken.reveal()) ?? 0;
        const status = time.nowMs < validUntilMs ? 202 : 401;
        return { value: { kind: 'response', status, body: '{}' } };
      }),

    // Every prepared token set names its addresses, so that nothing is asked for.
    endpoints: async () => ({ kind: 'notSent', reason: 'not simulated' }),
  };
}

const toOutcome = ({
  answer,
  delayMs = 0,
}: {
  readonly answer: HttpAnswer;
  readonly delayMs?: number;
}): Outcome<HttpAnswer> => ({ value: answer, delayMs });
