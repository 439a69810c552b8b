import { RotationError } from '../../lambda/core/errors';
import { fingerprintOf, type HeldTokenSet } from '../../lambda/core/held';
import { functionTimeoutMs } from '../../lambda/core/limits';
import { interpretAnswer, type ProviderAnswer } from '../../lambda/core/providerAnswer';
import type { StoredVersion } from '../../lambda/core/tokenSet';
import { systemEntropy } from '../../lambda/effects/entropy';
import { fetchProvider, type TokenRequest } from '../../lambda/effects/provider';
import type { SecretStore } from '../../lambda/effects/secretStore';
import type { Fields, Telemetry } from '../../lambda/effects/telemetry';
import { type Exchanged, exchange } from '../../lambda/rotator/exchange';
import { emptyMemory } from '../../lambda/rotator/memory';
import { type PublishOptions, publish } from '../../lambda/rotator/publish';
import { noProgress, type Run } from '../../lambda/rotator/run';
import type { Context } from '../context';
import type { Terminal } from '../terminal/terminal';

/**
 * A run of the rotator's functions on behalf of an operator. It remembers nothing of earlier ones,
 * and prints on standard error what the function would log.
 *
 * @param timeMs how long it goes on, as the function by default
 */
export function operatorRun(context: Context, connection: string, timeMs = functionTimeoutMs): Run {
  const { secretStore, parameterStore, clock, settings, terminal } = context;
  return {
    secretStore,
    parameterStore: () => parameterStore,
    provider: fetchProvider,
    clock,
    entropy: systemEntropy,
    telemetry: progressOf(terminal),
    settings,
    memory: emptyMemory(),
    connection,
    force: false,
    delivery: { by: 'hand' },
    deadlineMs: clock.now() + timeMs,
    progress: noProgress(),
  };
}

function progressOf(terminal: Terminal): Telemetry {
  const print = (message: string, fields: Fields = {}) =>
    terminal.progress([message, ...fieldTexts(fields)].join('  '));
  return { info: print, warn: print, error: print, count: () => {}, gauge: () => {} };
}

/** `name=value` of each, texts with spaces in quotation marks. */
export function fieldTexts(fields: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).map(([name, value]) => {
    const text = String(value);
    return `${name}=${/\s/.test(text) ? JSON.stringify(text) : text}`;
  });
}

/** What Marketing Cloud made of a token request. `reason` says who spoke, and what. */
export type ProviderReply =
  | Exchanged
  | (Extract<ProviderAnswer, { kind: 'rejected' }> & PossibleUse)
  /** It surely never left. */
  | { readonly kind: 'notSent'; readonly reason: string }
  | ({ readonly kind: 'unanswered'; readonly reason: string } & PossibleUse);

interface PossibleUse {
  /** When the refresh token may first have been used, milliseconds since the epoch. */
  readonly possiblyUsedAtMs?: number;
}

/**
 * Sends a token request, and repeats it as the function does while its answer may be lost. What
 * cannot even be sent is reported at once: a person can fix that, and nothing is spent.
 *
 * @param secretStore takes a successor that comes in an answer which is unusable otherwise
 */
export async function askProvider(
  context: Context,
  connection: string,
  request: TokenRequest,
  secretStore: SecretStore = context.secretStore,
): Promise<ProviderReply> {
  const run = { ...operatorRun(context, connection), secretStore };
  let last: ProviderAnswer | undefined;
  try {
    return await exchange(
      { ...run, provider: withReplyNoted(run, (answer) => (last = answer)) },
      request,
    );
  } catch (thrown) {
    if (thrown instanceof NotSent) return { kind: 'notSent', reason: thrown.message };
    if (!(thrown instanceof RotationError) || last === undefined) throw thrown;
    if (last.kind === 'granted') throw thrown;
    const { possiblyUsedAtMs } = run.memory;
    const use = possiblyUsedAtMs === undefined ? {} : { possiblyUsedAtMs };
    if (last.kind === 'rejected') return { ...last, ...use };
    return { kind: 'unanswered', reason: last.reason, ...use };
  }
}

class NotSent extends Error {}

function withReplyNoted(run: Run, note: (answer: ProviderAnswer) => void): Run['provider'] {
  return {
    ...run.provider,
    async requestToken(request, timeoutMs) {
      const http = await run.provider.requestToken(request, timeoutMs);
      const answer = interpretAnswer(http, run.clock.now());
      note(answer);
      // An earlier attempt may have used the token: then only a later one can bring its successor.
      const isFirst = run.memory.possiblyUsedAtMs === undefined;
      if (answer.kind === 'notSent' && isFirst) throw new NotSent(answer.reason);
      return http;
    },
  };
}

/** What to look at if a request to Marketing Cloud did not even leave. */
export const networkRemedy = (authBaseUrl: string) =>
  `Check whether ${authBaseUrl} is right, the proxy in HTTPS_PROXY if there has to be one, and, if ` +
  'something inspects TLS, its certificate authority in NODE_EXTRA_CA_CERTS';

/** Where a token set is kept now. */
export type StoreOutcome =
  | { readonly kind: 'published'; readonly version: StoredVersion }
  /** In the escrow, from where the function publishes it. */
  | { readonly kind: 'parked'; readonly problem: string }
  | { readonly kind: 'lost'; readonly problem: string };

/** One round of attempts; a token set that is parked by then is safe. */
const roundMs = 15_000;
/** For as long as the refresh token before it could be sent again, had it been just used. */
const longestMs = 4 * 60_000;

/**
 * Stores a token set whose refresh token is the only live one, in the secret or else in the
 * escrow. It keeps at it while neither store takes it.
 */
export async function storeChain(
  context: Context,
  connection: string,
  set: HeldTokenSet,
  options: Omit<PublishOptions, 'replacedVersionId'>,
  secretStore = context.secretStore,
): Promise<StoreOutcome> {
  const { clock } = context;
  const untilMs = clock.now() + longestMs;
  const wasParked = options.held.some((held) => fingerprintOf(held) === fingerprintOf(set));
  for (;;) {
    const seen = { isParked: wasParked, problem: '' };
    const run = withEscrowNoted(
      { ...operatorRun(context, connection, roundMs), secretStore },
      seen,
    );
    try {
      // What this program read before is of no use to it again.
      const published = await publish(run, set, { ...options, replacedVersionId: '' });
      if (published.kind === 'parked') return { kind: 'parked', problem: seen.problem };
      return { kind: 'published', version: published.version };
    } catch (thrown) {
      if (!(thrown instanceof RotationError)) throw thrown;
      const { message: problem } = (thrown.cause as Error | undefined) ?? thrown;
      if (seen.isParked) return { kind: 'parked', problem };
      if (clock.now() >= untilMs) return { kind: 'lost', problem };
    }
  }
}

function withEscrowNoted(run: Run, seen: { isParked: boolean; problem: string }): Run {
  const { telemetry } = run;
  return {
    ...run,
    telemetry: {
      ...telemetry,
      count: (event) => {
        seen.isParked ||= event === 'EscrowUsed';
      },
      warn: (message: string, fields: Fields = {}) => {
        if (typeof fields.problem === 'string') seen.problem = fields.problem;
        telemetry.warn(message, fields);
      },
    },
  };
}
