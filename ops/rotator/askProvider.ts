import { RotationError } from '../../lambda/core/errors';
import { interpretAnswer, type ProviderAnswer } from '../../lambda/core/providerAnswer';
import type { TokenRequest } from '../../lambda/effects/provider';
import type { SecretStore } from '../../lambda/effects/secretStore';
import { type Exchanged, exchange } from '../../lambda/rotator/exchange';
import type { Run } from '../../lambda/rotator/run';
import type { Context } from '../context';
import { operatorRun } from './operatorRun';

/** What Marketing Cloud made of a token request. `reason` says who spoke, and what. */
export type Asked =
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
 * cannot even be sent is told at once: a person can mend that, and nothing is spent.
 *
 * @param secretStore takes a successor that comes in an answer which is unusable otherwise
 */
export async function askProvider(
  context: Context,
  connection: string,
  request: TokenRequest,
  secretStore: SecretStore = context.secretStore,
): Promise<Asked> {
  const run = { ...operatorRun(context, connection), secretStore };
  let last: ProviderAnswer | undefined;
  try {
    return await exchange(
      { ...run, provider: observed(run, (answer) => (last = answer)) },
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

function observed(run: Run, note: (answer: ProviderAnswer) => void): Run['provider'] {
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

/** What to look at where a request to Marketing Cloud did not even leave. */
export const checkTheWay = (authBaseUrl: string) =>
  `Check whether ${authBaseUrl} is right, the proxy in HTTPS_PROXY if there has to be one, and, where ` +
  'something inspects TLS, its certificate authority in NODE_EXTRA_CA_CERTS';
