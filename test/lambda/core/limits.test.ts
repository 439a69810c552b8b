import {
  closingReserveMs,
  dispatcherTimeoutMs,
  escrowBytes,
  firstUseNeedsMs,
  fleetPeriodMs,
  functionTimeoutMs,
  leastLeftMs,
  longestAnswerBytes,
  messageLifeMs,
  mostReceives,
  providerAttemptMs,
  publishReserveMs,
  reuseWindowMs,
  schedulerJitterMs,
  shortestProviderAttemptMs,
  shortLifeExtra,
  storeAttemptMs,
  tickMs,
  usualTokenLifeMs,
  versionBudget,
  visibilityTimeoutMs,
} from '../../../lambda/core/limits';

/** Versions that Secrets Manager keeps of a secret, none younger than a day being removed. */
const keptVersions = 100;
const dayMs = 24 * 3_600_000;

describe('a message that fails', () => {
  it('is delivered again only after its invocation has ended for certain', () => {
    expect(functionTimeoutMs).toBeLessThan(visibilityTimeoutMs);
  });

  it('begins five invocations while a refresh token can be used again, the last after 4 minutes', () => {
    const beginAtMs = [0, 1, 2, 3, 4].map((nth) => nth * visibilityTimeoutMs);

    expect(beginAtMs.at(-1)).toBe(4 * 60_000);
    expect((beginAtMs.at(-1) ?? 0) + functionTimeoutMs).toBeLessThanOrEqual(reuseWindowMs);
  });

  it('goes to the dead-letter queue before it is dropped', () => {
    expect((mostReceives - 1) * visibilityTimeoutMs + functionTimeoutMs).toBeLessThan(
      messageLifeMs,
    );
  });

  it('lives as long as a token can be used again, once that may have been sent', () => {
    expect(firstUseNeedsMs).toBeGreaterThanOrEqual(reuseWindowMs);
    expect(messageLifeMs).toBeGreaterThan(firstUseNeedsMs + tickMs);
  });
});

describe('an invocation', () => {
  it('has time for two slow answers of the provider, and to store what they bring', () => {
    const neededMs = 2 * providerAttemptMs + publishReserveMs + closingReserveMs;

    expect(neededMs).toBeLessThan(functionTimeoutMs);
    expect(shortestProviderAttemptMs).toBeLessThan(providerAttemptMs);
  });

  it('keeps time for an attempt at each store free', () => {
    expect(publishReserveMs).toBeGreaterThanOrEqual(2 * storeAttemptMs + closingReserveMs);
  });
});

it('a run of the dispatcher has ended before the next one begins', () => {
  expect(dispatcherTimeoutMs).toBeLessThan(tickMs);
  expect(dispatcherTimeoutMs).toBeGreaterThan(functionTimeoutMs);
});

it('an answer is read to its end if what it brings can be parked', () => {
  expect(longestAnswerBytes).toBeGreaterThan(escrowBytes);
});

it('a token is overdue later than any pace renews it, and while there is time to see to it', () => {
  const renewedBelowMs = (usualTokenLifeMs * 2) / 3;

  expect(leastLeftMs).toBeLessThan(renewedBelowMs - fleetPeriodMs - schedulerJitterMs);
  expect(leastLeftMs).toBeGreaterThan(2 * tickMs);
});

describe("a day's versions", () => {
  it('are fewer than Secrets Manager keeps: one in 20 minutes, and the extra ones', () => {
    expect(versionBudget.windowMs).toBe(dayMs);
    expect(dayMs / fleetPeriodMs + versionBudget.mostExtra).toBeLessThanOrEqual(versionBudget.most);
    expect(versionBudget.most).toBeLessThan(keptVersions);
  });

  it('are so too of tokens that live short: one in 15 minutes, and few extra ones', () => {
    expect(dayMs / versionBudget.usualGapMs + shortLifeExtra).toBeLessThan(keptVersions);
  });
});
