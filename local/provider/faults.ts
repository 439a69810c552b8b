import * as v from 'valibot';

const consumed = v.boolean();
const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * The faults that can be ordered, each for one token request. "Consumed" means that the request
 * took effect: its refresh token counts as used and a successor exists, whatever the client saw.
 */
export const FaultSchema = v.variant('kind', [
  /**
   * The connection is reset before the request's body is read; nothing is consumed. A server that
   * listens cannot refuse the TCP handshake itself (ECONNREFUSED) for one chosen request, so the
   * client sees ECONNRESET; close the simulator for the real thing.
   */
  v.strictObject({ kind: v.literal('refuse') }),
  /** The request is read and the connection closed; nothing is consumed. */
  v.strictObject({ kind: v.literal('dropBefore') }),
  /** Consumed, then the connection is closed without an answer. */
  v.strictObject({ kind: v.literal('dropAfter') }),
  /** 429 with `retryAfter` in the body and in the header; nothing is consumed. */
  v.strictObject({ kind: v.literal('rateLimit'), retryAfterSeconds: seconds }),
  /** 500 with a JSON body. */
  v.strictObject({ kind: v.literal('internal'), consumed }),
  /** 503 with an HTML body, as a load balancer in front of the service answers. */
  v.strictObject({
    kind: v.literal('unavailable'),
    consumed,
    retryAfterSeconds: v.exactOptional(seconds),
  }),
  /** 596 with an HTML body, as the API gateway answers (FuelSDK-PHP issue 125). */
  v.strictObject({ kind: v.literal('status596'), consumed }),
  /** Any error status with a JSON body; nothing is consumed. */
  v.strictObject({
    kind: v.literal('status'),
    status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  }),
  /** 307 to another place; nothing is consumed. */
  v.strictObject({
    kind: v.literal('redirect'),
    location: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, 'not a printable ASCII URI')),
  }),
  /** 200 without a body; consumed. */
  v.strictObject({ kind: v.literal('empty200') }),
  /** 200 with an HTML page; consumed. */
  v.strictObject({ kind: v.literal('html200') }),
  /** 200 with the true answer cut off; consumed. */
  v.strictObject({ kind: v.literal('invalidJson200') }),
  /** The true answer, padded beyond 64 KiB; consumed. */
  v.strictObject({ kind: v.literal('oversized') }),
  /** The true answer without its `refreshToken`; consumed. */
  v.strictObject({ kind: v.literal('noRefreshToken') }),
  /** The true answer with another `expiresIn`; consumed. */
  v.strictObject({ kind: v.literal('badExpiresIn'), value: v.union([v.number(), v.string()]) }),
  /** The true answer with a number where one token belongs; consumed. */
  v.strictObject({
    kind: v.literal('wrongTypes'),
    member: v.picklist(['accessToken', 'legacyToken', 'refreshToken']),
  }),
  /** The true answer, so much later; consumed on arrival. */
  v.strictObject({
    kind: v.literal('slow'),
    delayMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1)),
  }),
]);

export type Fault = v.InferOutput<typeof FaultSchema>;
