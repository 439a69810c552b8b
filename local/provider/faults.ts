import * as v from 'valibot';

const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1));
const seconds = v.pipe(v.number(), v.minValue(0));
const visible = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, 'not printable ASCII without blanks'));

/** An answer as it is sent: a page of what stands in front of the provider, its own refusal, junk. */
const WholeAnswer = v.strictObject({
  status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  headers: v.optional(v.record(visible, v.pipe(v.string(), v.regex(/^[\x20-\x7e]*$/)))),
  /** Sent as a number of seconds, whole or not, or as a date on the simulator's clock. */
  retryAfter: v.optional(v.strictObject({ seconds, as: v.optional(v.literal('date')) })),
  body: v.string(),
});
export type WholeAnswer = v.InferInput<typeof WholeAnswer>;
export type RetryAfter = NonNullable<WholeAnswer['retryAfter']>;

/** The true answer with a few changes; a refusal is left as it is. */
const OddAnswer = v.strictObject({
  valid: v.strictObject({
    /** U+FEFF before the JSON. */
    byteOrderMark: v.optional(v.boolean()),
    /** Added, or instead of those that are there. */
    members: v.optional(v.record(v.string(), v.unknown())),
    without: v.optional(v.array(v.string())),
    /** The last so many characters are missing, though it arrives as a whole. */
    brokenOff: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  }),
});

const Exchange = v.strictObject({
  kind: v.literal('exchange'),
  /** Which requests it waits for. @default all token requests, whether or not they refresh */
  of: v.optional(v.picklist(['refresh', 'credentials', 'tokenContext', 'endpoints'])),
  /**
   * When the request takes effect, or is refused: on arrival, never, after so many token requests
   * that follow it, or when so much time has passed on the simulator's clock.
   */
  takenUp: v.union([
    v.picklist(['now', 'never']),
    v.strictObject({ afterRequests: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
    v.strictObject({ afterMs: milliseconds }),
  ]),
  /**
   * What the client sees.
   * - `valid`: the true answer, with its changes, as soon as there is one.
   * - `cut`: the head of the true answer and half of its body, then the end of the connection.
   * - `none`: nothing, for as long as it waits; `closed`: the end of the connection.
   * - `reset`: the same before the request's body was read. A server that listens cannot refuse the
   *   TCP handshake of one chosen request: close the simulator for ECONNREFUSED.
   */
  answer: v.union([
    v.picklist(['valid', 'cut', 'none', 'closed', 'reset']),
    OddAnswer,
    WholeAnswer,
  ]),
  /** How much later the client sees it, in real time. @default 0 */
  delayMs: v.optional(milliseconds),
});

/** What happens to one request: when it is taken up, and what is answered. */
export type Exchange = v.InferInput<typeof Exchange>;

const consumed = v.boolean();

/** Short names of exchanges that are often needed; each says what `exchangeOf` makes of it. */
const named = [
  v.strictObject({ kind: v.literal('refuse') }),
  v.strictObject({ kind: v.literal('dropBefore') }),
  v.strictObject({ kind: v.literal('dropAfter') }),
  v.strictObject({ kind: v.literal('rateLimit'), retryAfterSeconds: seconds }),
  v.strictObject({ kind: v.literal('internal'), consumed }),
  v.strictObject({
    kind: v.literal('unavailable'),
    consumed,
    retryAfterSeconds: v.exactOptional(seconds),
  }),
  v.strictObject({ kind: v.literal('status596'), consumed }),
  v.strictObject({
    kind: v.literal('status'),
    status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  }),
  v.strictObject({ kind: v.literal('redirect'), location: visible }),
  v.strictObject({ kind: v.literal('empty200') }),
  v.strictObject({ kind: v.literal('html200') }),
  v.strictObject({ kind: v.literal('invalidJson200') }),
  v.strictObject({ kind: v.literal('oversized') }),
  v.strictObject({ kind: v.literal('noRefreshToken') }),
  v.strictObject({ kind: v.literal('badExpiresIn'), value: v.union([v.number(), v.string()]) }),
  v.strictObject({
    kind: v.literal('wrongTypes'),
    member: v.picklist(['accessToken', 'legacyToken', 'refreshToken']),
  }),
  v.strictObject({ kind: v.literal('slow'), delayMs: milliseconds }),
] as const;

export const FaultSchema = v.variant('kind', [Exchange, ...named]);

/** What can be ordered for a request. */
export type ProviderFault = v.InferInput<typeof FaultSchema>;
