import { noAnswerInTime } from '../../../../lambda/core/providerAnswer';
import type { Provider } from '../../../../lambda/effects/provider';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

type Sent = Parameters<Provider['requestToken']>;

/**
 * Takes so long for every answer; the first request, whose answer is not waited for, it takes up 40
 * seconds after it was sent.
 */
function slow({ effects, clock }: LocalWorld, answerMs: number): Provider {
  const { provider } = effects;
  const lateAtMs = clock.now() + 40 * secondMs;
  let first: Sent | undefined;
  let isLate = true;
  return {
    ...provider,
    async requestToken(request, timeoutMs) {
      if (first === undefined) first = [request, minuteMs];
      else {
        if (isLate && clock.now() >= lateAtMs) {
          isLate = false;
          await provider.requestToken(...first);
        }
        const answer = await provider.requestToken(request, minuteMs);
        if (timeoutMs >= answerMs) {
          clock.advance(answerMs);
          return answer;
        }
      }
      clock.advance(Math.min(timeoutMs, answerMs));
      return { kind: 'noResponse', reason: noAnswerInTime };
    },
  };
}

describe('a provider that is slow for minutes, takes the first request up last and revokes by it', () => {
  it.each([
    [9, false],
    [12, false],
    [13.5, false],
    [13.5, true],
    [15, false],
    [17, false],
    [17, true],
  ])(
    'loses no chain by answers of %d seconds (one environment: %s)',
    async (seconds, keepsEnvironment) => {
      const world = await startDueWorld({ secondUse: 'revokes-first' });
      const provider = slow(world, seconds * secondMs);

      const { result } = await world.deliver({ keepsEnvironment }, { provider });

      expect(result).toBeDefined();
      expect(world.chainState()).toEqual(whole);
    },
  );
});
