import { parseStoredTokens, type StoredVersion } from '../../lambda/core/tokenSet';
import { StoreFailure } from '../../lambda/effects/storeFailure';
import type { Context } from '../context';

/** What the connection's secret holds under AWSCURRENT. */
export type StoredToken =
  | { readonly kind: 'noSecret' }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'stored'; readonly version: StoredVersion };

export const secretName = ({ settings }: Context, connection: string) =>
  `${settings.secretPrefix}${connection}`;

/** @throws StoreFailure */
export async function readToken(context: Context, connection: string): Promise<StoredToken> {
  const text = await readText(context, secretName(context, connection));
  if (text === 'noSecret') return { kind: 'noSecret' };
  // A secret that was made without a value.
  const { versionId = '', stages = [], createdAtMs = 0 } = text ?? {};
  const tokens = parseStoredTokens(text?.text ?? '{}');
  if (tokens.ok) {
    return { kind: 'stored', version: { versionId, stages, createdAtMs, tokens: tokens.value } };
  }
  const { field, problem } = tokens;
  return {
    kind: 'malformed',
    problem: field ? `has a member ${field} that ${problem}` : problem,
  };
}

async function readText({ secretStore }: Context, secretId: string) {
  try {
    return await secretStore.readCurrent(secretId);
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.kind === 'missing') return 'noSecret';
    throw thrown;
  }
}
