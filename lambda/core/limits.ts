/**
 * Every time and count that bounds a rotation. Lambda repeats a failed asynchronous invocation
 * after 1 and 2 minutes; three invocations of 40 s end 300 s after the first began, when the
 * provider's 5 minutes do (40 + 60 + 40 + 120 + 40). An invocation that meets trouble therefore
 * keeps asking until its time is over: the third then covers the window's last 40 s.
 */

/** After its first use a legacy refresh token stays usable for 5 minutes, then is refused. */
export const reuseWindowMs = 5 * 60_000;

/** How long one request to the provider may take before its answer counts as lost. */
export const providerAttemptMs = 8_000;
/** A request given less time than this would more likely be cut off than answered. */
export const shortestProviderAttemptMs = 1_500;
/** Requests with one refresh token in one invocation. */
export const providerAttempts = 25;
/** How often in all an answer without a refresh token is asked for with the same token. */
export const askForRefreshTokenAttempts = 4;

/** How long one call to Secrets Manager or Parameter Store may take. */
export const storeAttemptMs = 2_000;
export const readAttempts = 25;
/** How often AWSCURRENT is read again when it is older than what the container has seen. */
export const staleReadAttempts = 3;
export const staleReadDelayMs = 200;
/** Attempts at publishing before the token set is parked in the escrow as well. */
export const publishAttemptsBeforeEscrow = 2;
export const publishAttempts = 40;
/** Kept free at the end of an invocation to publish, or to park, what a refresh returned. */
export const publishReserveMs = 4_500;
/** Kept free for the last log lines and the answer. */
export const closingReserveMs = 500;

/**
 * What an invocation with a batch takes at the least. The event source's maximum concurrency then
 * bounds how many rotations begin in a second, however fast the provider is: after an outage no herd
 * comes down on it.
 */
export const shortestBatchMs = 1_000;

/** Versions without a staging label that recovery looks into, newest first. */
export const unlabelledVersionsTried = 5;
/**
 * Steps of one rotation. The longest known way through recovery takes fewer: two for each refresh
 * token, of which a secret's 20 staging labels (AWS Secrets Manager User Guide, "Quotas"), the
 * versions without one, the escrow and the container may hold 27.
 */
export const rounds = 70;

/** The provider gives 3,600 s, unchangeably. A longer life than a day is not believed. */
export const longestTokenLifeMs = 24 * 3_600_000;
/** Far above any token answer seen; a larger one is not read to its end. */
export const longestAnswerBytes = 64 * 1024;
