import { TokenReaderError } from './tokenReaderError';
import { problemOf, SourceError, type TokenSource } from './tokenSource';
import { parseTokens, type Tokens } from './tokens';

export interface TokenMemory {
  get(): Promise<Tokens>;
  /** How many reads have succeeded: tells one token set in memory from the next. */
  readonly reads: number;
  /**
   * The token set to use after a 401: the one in memory if it came by a later read than the first
   * `readsBefore`, else what one read gives; undefined where that fails.
   */
  replace(readsBefore: number): Promise<Tokens | undefined>;
}

interface Held {
  readonly tokens: Tokens;
  readonly promise: Promise<Tokens>;
  readonly expiresAtMs: number;
}

/** The last token set of one connection, and the one read under way that all callers share. */
export function createTokenMemory(
  connection: string,
  secretId: string,
  source: TokenSource,
  minRemainingMs: number,
): TokenMemory {
  let held: Held | undefined;
  let freshUntilMs = Number.NEGATIVE_INFINITY;
  let fresh: Promise<Tokens>;
  let underWay: Promise<Held> | undefined;
  let failingSinceMs: number | undefined;
  let reads = 0;

  function read(): Promise<Held> {
    underWay ??= readNow().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  async function readNow(): Promise<Held> {
    const stored = await readStored();
    const nowMs = Date.now();
    if (stored.kind !== 'issued') throw notSeeded(connection, secretId, stored.kind);
    const { tokens, expiresAtMs } = stored;
    if (expiresAtMs <= nowMs) throw expired(connection, tokens.expiresAt);
    held = { tokens, promise: Promise.resolve(tokens), expiresAtMs };
    fresh = held.promise;
    freshUntilMs = expiresAtMs - minRemainingMs;
    reads += 1;
    return held;
  }

  async function readStored() {
    try {
      const text = await source.read(secretId);
      const stored = text === undefined ? ({ kind: 'notSeeded' } as const) : parseTokens(text);
      failingSinceMs = undefined;
      return stored;
    } catch (thrown) {
      failingSinceMs ??= Date.now();
      throw unreadable(connection, secretId, failingSinceMs, thrown);
    }
  }

  const inMemory = () => (held && Date.now() < held.expiresAtMs ? held : undefined);

  return {
    get reads() {
      return reads;
    },

    // The way of almost every call: one comparison, and the same promise each time.
    get: () => (Date.now() <= freshUntilMs ? fresh : renew()),

    async replace(readsBefore) {
      const known = inMemory();
      if (known && reads > readsBefore) return known.tokens;
      return read().then(
        ({ tokens }) => tokens,
        () => undefined,
      );
    },
  };

  async function renew(): Promise<Tokens> {
    try {
      return (await read()).tokens;
    } catch (error) {
      const known = inMemory();
      if (known) return known.tokens;
      throw error;
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

function expired(connection: string, expiresAt: string) {
  return new TokenReaderError(
    'TokenExpired',
    connection,
    `Connection "${connection}": its access token has been expired since ${expiresAt}, and the ` +
      `rotator has not replaced it. See why: npm run ops -- status ${connection}`,
  );
}

function unreadable(connection: string, secretId: string, sinceMs: number, thrown: unknown) {
  const since = new Date(sinceMs).toISOString();
  const remedy =
    (thrown instanceof SourceError ? thrown.remedy : undefined) ??
    `Check that the function's role is allowed secretsmanager:GetSecretValue on ${secretId}, that ` +
      "the secret is in the function's Region, and that the connection's name is right.";
  return new TokenReaderError(
    'SecretUnreadable',
    connection,
    `Connection "${connection}": the secret ${secretId} has been unreadable since ${since}: ` +
      `${problemOf(thrown)}. ${remedy}`,
  );
}
