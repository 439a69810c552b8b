import type { TokenMemory } from './tokenMemory';
import type { Tokens } from './tokens';
import { unlessAborted } from './unlessAborted';

/** One call of an API, as REST or SOAP makes it. */
export interface TokenCall {
  readonly signal: AbortSignal | null | undefined;
  /** Whether the request can be sent a second time. */
  readonly isRepeatable: boolean;
  send(tokens: Tokens): Promise<Response>;
  isRefusal(response: Response): boolean | Promise<boolean>;
}

/** Sends with the token in memory; a refusal is followed by one read and one repetition. */
export async function callWithToken(memory: TokenMemory, call: TokenCall): Promise<Response> {
  const { signal } = call;
  const used = await unlessAborted(signal, () => memory.get());
  // Taken before the token is sent: a read from here on can be news to whoever is refused.
  const readsBefore = memory.reads;
  const first = await call.send(used);
  if (!(await call.isRefusal(first))) return first;

  // Read before anything is done to the first answer: if that fails, it is returned whole.
  const next = await unlessAborted(signal, () => memory.replace(used, readsBefore));
  if (next === undefined || !call.isRepeatable) return first;
  // Nobody reads it any more, and an unread body keeps its connection busy.
  await first.body?.cancel().catch(() => {});
  return call.send(next);
}
