import { TokenReaderError } from './tokenReaderError';
import { longestReadMs, problemOf, SourceError, type TokenSource } from './tokenSource';
import { parseTokens, type Tokens } from './tokens';
import { unlessAborted } from './unlessAborted';

/** The last token set of one connection, for any number of callers at once. */
export interface TokenMemory {
  get(options?: { readonly fresh?: boolean | undefined }): Promise<Tokens>;
  /** Nothing if the memory holds another token than the refused one: that is newer. */
  invalidate(refused?: Pick<Tokens, 'accessToken'>): void;
  /** How many reads have begun: shows which of them can know of what happened since. */
  readonly reads: number;
  /**
   * The token set to use after a 401: the one in memory if it is not the refused one any more, else
   * what one read gives, which is shared by all whose call is older than it or comes meanwhile;
   * undefined if that fails.
   *
   * @param readsBefore of the time before the refused token was sent
   */
  replace(refused: Tokens, readsBefore: number): Promise<Tokens | undefined>;
}

interface Held {
  readonly tokens: Tokens;
  readonly expiresAtMs: number;
  /** Which of the reads gave it. */
  readonly turn: number;
}

interface Reading {
  readonly turn: number;
  readonly begunAtMs: number;
  readonly result: Promise<Tokens>;
}

/** With a valid token at hand, nobody waits longer than this for a newer one. */
const patienceMs = 1_000;

/** The last token set of one connection, and the one read under way that all callers share. */
export function createTokenMemory(
  connection: string,
  secretId: string,
  source: TokenSource,
  minRemainingMs: number,
): TokenMemory {
  const now = source.now ?? (() => Date.now());
  let held: Held | undefined;
  let freshUntilMs = Number.NEGATIVE_INFINITY;
  let fresh: Promise<Tokens>;
  let underWay: Reading | undefined;
  let forced: Reading | undefined;
  /** What this read and those before it gave counts as refused. */
  let refusedUpTo = 0;
  let failingSinceMs: number | undefined;
  let reads = 0;

  function begin(): Reading {
    reads += 1;
    const reading = { turn: reads, begunAtMs: now(), result: readNow(reads) };
    const end = () => {
      if (underWay === reading) underWay = undefined;
    };
    reading.result.then(end, end);
    underWay = reading;
    return reading;
  }

  /** None from before Lambda froze the function: what that shows is of a time long past. */
  const joinable = () =>
    underWay && now() - underWay.begunAtMs <= longestReadMs ? underWay : undefined;

  /** One that a `get` began may have been answered before the newer token was there. */
  function force(readsBefore = reads): Reading {
    const isShared = forced && (forced.turn > readsBefore || forced === joinable());
    if (!forced || !isShared) forced = begin();
    return forced;
  }

  async function readNow(turn: number): Promise<Tokens> {
    const stored = await readStored();
    const nowMs = now();
    if (held && held.turn > turn && nowMs < held.expiresAtMs) return held.tokens;
    if (stored.kind !== 'issued') throw notSeeded(connection, secretId, stored.kind);
    const { tokens, expiresAtMs } = stored;
    if (expiresAtMs <= nowMs) throw expired(connection, expiresAtMs);
    held = { tokens, expiresAtMs, turn };
    fresh = Promise.resolve(tokens);
    // Its last moment is not among those in which it is valid.
    const isRefused = turn <= refusedUpTo;
    freshUntilMs = isRefused ? Number.NEGATIVE_INFINITY : expiresAtMs - Math.max(minRemainingMs, 1);
    return tokens;
  }

  async function readStored() {
    try {
      const text = await source.read(secretId);
      const stored = text === undefined ? ({ kind: 'notSeeded' } as const) : parseTokens(text);
      failingSinceMs = undefined;
      return stored;
    } catch (thrown) {
      failingSinceMs ??= now();
      throw unreadable(connection, secretId, failingSinceMs, thrown);
    }
  }

  const inMemory = () => (held && now() < held.expiresAtMs ? held.tokens : undefined);

  return {
    get reads() {
      return reads;
    },

    // The way of almost every call: one comparison, and the same promise each time.
    get(options) {
      if (options?.fresh) return force().result;
      return now() <= freshUntilMs ? fresh : renew();
    },

    invalidate(refused) {
      if (refused && held && held.tokens.accessToken !== refused.accessToken) return;
      freshUntilMs = Number.NEGATIVE_INFINITY;
      // A burst of refusals is answered by one read: the one that the first of them began.
      refusedUpTo = forced && forced === joinable() ? forced.turn - 1 : reads;
    },

    async replace(refused, readsBefore) {
      const known = inMemory();
      if (known && known.accessToken !== refused.accessToken) return known;
      return force(readsBefore).result.catch(() => undefined);
    },
  };

  async function renew(): Promise<Tokens> {
    const isRefused = held !== undefined && held.turn <= refusedUpTo;
    const { result } = isRefused ? force() : (joinable() ?? begin());
    const patience = inMemory() && AbortSignal.timeout(patienceMs);
    try {
      return await unlessAborted(patience, () => result);
    } catch {
      return inMemory() ?? result;
    }
  }
}

function notSeeded(connection: string, secretId: string, kind: 'seeded' | 'notSeeded') {
  const problem =
    kind === 'seeded'
      ? `the secret ${secretId} is seeded and holds no access token yet. The rotator's next tick ` +
        `puts one there; to see it at once: npm run ops -- rotate ${connection}`
      : `the secret ${secretId} is not seeded. Seed it: npm run ops -- seed ${connection}`;
  return new TokenReaderError('NotSeeded', connection, `Connection "${connection}": ${problem}`);
}

function expired(connection: string, expiresAtMs: number) {
  const since = new Date(expiresAtMs).toISOString();
  return new TokenReaderError(
    'TokenExpired',
    connection,
    `Connection "${connection}": its access token has been expired since ${since}, and the ` +
      `rotator has not replaced it. See why: npm run ops -- status ${connection}`,
  );
}

function unreadable(connection: string, secretId: string, sinceMs: number, thrown: unknown) {
  const since = new Date(sinceMs).toISOString();
  const told = thrown instanceof SourceError ? thrown.remedy : undefined;
  const remedy =
    told?.replace(/\bNAME$/, connection) ??
    `Check that the function's role is allowed secretsmanager:GetSecretValue on ${secretId}, that ` +
      "the secret is in the function's Region, and that the connection's name is right.";
  return new TokenReaderError(
    'SecretUnreadable',
    connection,
    `Connection "${connection}": the secret ${secretId} has been unreadable since ${since}: ` +
      `${problemOf(thrown)}. ${remedy}`,
  );
}
