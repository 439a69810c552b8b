/**
 * Every time and count that bounds a rotation, its schedule and its queue. Infra, ops, local
 * endpoints and the simulator take them from here.
 *
 * A message that fails is delivered again a minute after it was taken, each time for an invocation
 * of 40 s: five of them begin inside the provider's 5 minutes, the last at 4 minutes after the
 * first, so that whatever answers again by then is met.
 */

/** After its first use a legacy refresh token stays usable for 5 minutes, then is refused. */
export const reuseWindowMs = 5 * 60_000;

/** How often EventBridge Scheduler sends a message for a single connection. */
export const tickMs = 5 * 60_000;
/** EventBridge Scheduler fires within the minute (its user guide, "Schedule types"). */
export const schedulerJitterMs = 60_000;
/** How often a connection of a fleet is sent a message. */
export const fleetPeriodMs = 20 * 60_000;
/** After this, Lambda ends a run of the dispatcher: before the next one begins. */
export const dispatcherTimeoutMs = tickMs - 10_000;
/** After this, Lambda ends an invocation. */
export const functionTimeoutMs = 40_000;
/** A message that was taken and not answered, or failed, is delivered again after this. */
export const visibilityTimeoutMs = 60_000;
/** The queue drops a message that is older. */
export const messageLifeMs = 20 * 60_000;
/** A message that fails as often goes to the dead-letter queue. */
export const mostReceives = 18;
/** A first use of a refresh token is not begun by a message that has less than this to live. */
export const firstUseNeedsMs = reuseWindowMs;

/** How long one request to the provider may take at first before its answer counts as lost. */
export const providerAttemptMs = 8_000;
/** The same in most repetitions of a message: of its 35 s, so much that a second one fits in. */
export const repeatedProviderAttemptMs = 14_000;
/** A request given less time than this would more likely be cut off than answered. */
export const shortestProviderAttemptMs = 1_500;
/** After a refusal, what a window that is running out asks for: a probe, the token again, its forerunner. */
export const refusalNeedsMs = 3 * shortestProviderAttemptMs;
/** A timer fires later than it was asked to: what has to follow a wait is given that much more. */
export const timerSlackMs = 250;
/** Requests with one refresh token in one invocation. */
export const providerAttempts = 40;
/** How often in all an answer without a refresh token is asked for with the same token. */
export const askForRefreshTokenAttempts = 4;
/** How long the addresses of the REST and SOAP interfaces are waited for. */
export const endpointsAttemptMs = 3_000;

/** How long one call to Secrets Manager or Parameter Store may take. */
export const storeAttemptMs = 2_000;
export const readAttempts = 25;
/** How often AWSCURRENT is read again when it is a version that this environment saw replaced. */
export const staleReadAttempts = 3;
export const staleReadDelayMs = 200;
/** A version that was just written may not be readable at once. */
export const newVersionReadAttempts = 6;
export const newVersionReadDelayMs = 500;
/** Attempts at publishing before the token set is parked in the escrow as well. */
export const publishAttemptsBeforeEscrow = 2;
/** Kept free at the end of an invocation to publish, or to park, what a refresh returned. */
export const publishReserveMs = 4_500;
/** Kept free for the last log lines and the answer. */
export const closingReserveMs = 500;

/** Refusals with accepted credentials between them after which a refresh token counts as dead. */
export const refusalsOfDeadToken = 2;
/** Between two refusals of one token if no reuse window is running out. */
export const refusalSpacingMs = 10_000;
/** Between the first and the last refusal before a chain is reissued. */
export const reissueSpacingMs = 60_000;
/** A token that counts as dead may be asked about again after this. */
export const verdictLapsesMs = 20 * 60_000;
/** Refreshes in one invocation: the one that was asked for, and confirmations. */
export const mostRefreshes = 4;
/**
 * Between two rounds of requests that were refused while a reuse window is running out: an invocation
 * asks at its start and, as late as it can, at its end. The next one begins soon after.
 */
export const refusedRoundDelayMs = 30_000;
/** A round that would come sooner than this after the one before is no other one. */
export const shortestRoundDelayMs = 10_000;

/**
 * What an invocation takes at least that has asked the provider for tokens. The event source's
 * maximum concurrency then bounds how many rotations begin in a second, however fast the provider is:
 * after an outage no herd comes down on it. Messages with nothing to ask are worked off at once.
 */
export const shortestBatchMs = 1_000;

/** Versions without a staging label that recovery looks into, newest first. */
export const unlabelledVersionsTried = 5;
/** The same while versions come quickly: more than an allowance of confirmations makes. */
export const mostUnlabelledVersionsTried = 15;
/** Token sets that the escrow holds at most, beside what one standard or advanced parameter takes. */
export const escrowEntries = 4;
/** An advanced parameter holds 8 KB (AWS Systems Manager User Guide, "Managing parameter tiers"). */
export const escrowBytes = 8 * 1024;
/**
 * Steps of one rotation. The longest known way through recovery takes fewer: four for each refresh
 * token, and a secret's 20 staging labels (AWS Secrets Manager User Guide, "Quotas"), the versions
 * without one, the escrow and the environment may hold 42 of them.
 */
export const rounds = 170;

/**
 * Secrets Manager keeps 100 versions and removes none younger than a day. One rotation in 20
 * minutes writes 72; what comes less than 15 minutes after the version before is extra.
 */
export const versionBudget = {
  mostExtra: 14,
  most: 86,
  /** More for what was begun: its token may be used, and the successor is nowhere yet. */
  reserve: 4,
  /** Their usual pace alone makes 96. */
  mostOfShortLives: 92,
  usualGapMs: 15 * 60_000,
  windowMs: 24 * 3_600_000,
};
/** Extra versions for renewing tokens that live too short for the usual pace before their time. */
export const shortLifeExtra = 2;
/**
 * With no more left than until the next message and this, a short-lived token is renewed however many
 * versions there are, if that makes no more than usual: that message may have to be repeated.
 */
export const repetitionMs = 90_000;
/** An access token that lives shorter is of use to nobody. */
export const shortestServedLifeMs = 10 * 60_000;

/** The provider gives 3,600 s, unchangeably (API reference of `requestToken`). */
export const usualTokenLifeMs = 3_600_000;
/** A longer life than a day is not believed. */
export const longestTokenLifeMs = 24 * 3_600_000;
/** A forced rotation of a token set that is younger finds nothing to do. */
export const forceNeedsAgeMs = 60_000;
/** Two environments' clocks may differ by so much. */
export const clockToleranceMs = 10 * 60_000;
/** Far above any token answer seen; a larger one is not read to its end. */
export const longestAnswerBytes = 64 * 1024;

/** Refresh tokens are "valid for up to 700 days" (Salesforce, legacy packages). */
export const refreshTokenLifeDays = 700;
/** From this age on, a person is to log in again: 100 days are left for that. */
export const oldRefreshTokenDays = 600;
/** A stored token with less left should have been renewed: every pace of ticks leaves more. */
export const leastLeftMs = 15 * 60_000;
/** Secrets Manager keeps about as many versions (its user guide, "Quotas"). */
export const mostVersions = 100;
