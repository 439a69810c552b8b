/** A token bucket, as AWS throttles by: refilled steadily, and full with one second's worth. */
export class TokenBucket {
  #tokens: number;
  #filledAtMs = Number.NEGATIVE_INFINITY;

  constructor(readonly perSecond: number) {
    this.#tokens = perSecond;
  }

  /** Whether the call is let through. */
  take(nowMs: number): boolean {
    const gained = (Math.max(0, nowMs - this.#filledAtMs) / 1_000) * this.perSecond;
    this.#tokens = Math.min(this.perSecond, this.#tokens + gained);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Calls a second, for an account and Region. */
export interface Quotas {
  /** PutSecretValue and UpdateSecretVersionStage together; not adjustable. */
  readonly secretWrites: number;
  /** GetSecretValue. */
  readonly secretReads: number;
  /** GetParameters. */
  readonly parameterReads: number;
  /** GetParametersByPath; undefined if it shares `parameterReads`. */
  readonly parameterListings: number | undefined;
  /** PutParameter and DeleteParameter. */
  readonly parameterWrites: number;
}

/**
 * Sources: "AWS Secrets Manager quotas" (user guide); "AWS Systems Manager endpoints and quotas"
 * (AWS General Reference), with the default throughput.
 */
export const defaultQuotas: Quotas = {
  secretWrites: 50,
  secretReads: 10_000,
  parameterReads: 40,
  parameterListings: undefined,
  parameterWrites: 3,
};

/** With Parameter Store's higher throughput, which is a setting of the account. */
export const higherThroughput: Quotas = {
  ...defaultQuotas,
  parameterReads: 3_000,
  parameterListings: 100,
  parameterWrites: 5,
};

export const scaledQuotas = (quotas: Quotas, by: number): Quotas => ({
  secretWrites: quotas.secretWrites * by,
  secretReads: quotas.secretReads * by,
  parameterReads: quotas.parameterReads * by,
  parameterListings: quotas.parameterListings && quotas.parameterListings * by,
  parameterWrites: quotas.parameterWrites * by,
});
