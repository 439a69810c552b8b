import { parseStoredTokens, refreshTokenOf, type StoredTokens } from '../../lambda/core/tokenSet';
import type { ParameterStoreModel } from '../../local/aws/parameterStore';
import type { SecretsManagerModel } from '../../local/aws/secretsManager';
import type { ProviderModel } from '../../local/provider/model';

export const connection = 'sim';
export const secretId = 'sfmc/sim';
export const escrowName = '/sfmc/sim/escrow';

/** The three places that outlive every container. */
export interface Durable {
  readonly provider: ProviderModel;
  readonly secrets: SecretsManagerModel;
  readonly parameters: ParameterStoreModel;
}

export function tokensIn(text: string | undefined): StoredTokens | undefined {
  const parsed = text === undefined ? undefined : parseStoredTokens(text);
  return parsed?.ok ? parsed.value : undefined;
}

export function currentText({ secrets }: Durable): string | undefined {
  try {
    return secrets.getSecretValue({ SecretId: secretId }).SecretString;
  } catch {
    return undefined;
  }
}

export function escrowText({ parameters }: Durable): string | undefined {
  const { Parameters } = parameters.getParameters({ Names: [escrowName], WithDecryption: true });
  return Parameters[0]?.Value;
}

/** Every refresh token that a store holds, AWSCURRENT's first. */
export function* storedRefreshTokens(durable: Durable): Generator<string> {
  const current = refreshTokenIn(currentText(durable));
  if (current !== undefined) yield current;
  const { Versions } = durable.secrets.listSecretVersionIds({
    SecretId: secretId,
    IncludeDeprecated: true,
    MaxResults: 100,
  });
  const texts = [
    escrowText(durable),
    ...[...Versions]
      .reverse()
      .map(
        ({ VersionId }) =>
          durable.secrets.getSecretValue({ SecretId: secretId, VersionId }).SecretString,
      ),
  ];
  for (const text of texts) {
    const token = refreshTokenIn(text);
    if (token !== undefined) yield token;
  }
}

/** Whether the provider still accepts a refresh token that a store holds. */
export function isChainStored(durable: Durable, nowMs: number): boolean {
  for (const token of storedRefreshTokens(durable)) {
    if (durable.provider.accepts(token, nowMs)) return true;
  }
  return false;
}

function refreshTokenIn(text: string | undefined): string | undefined {
  const tokens = tokensIn(text);
  return tokens && refreshTokenOf(tokens)?.reveal();
}
