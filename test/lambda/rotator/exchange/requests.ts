import type { HttpAnswer } from '../../../../lambda/core/providerAnswer';
import { Redacted } from '../../../../lambda/core/redacted';
import type { Provider, TokenRequest } from '../../../../lambda/effects/provider';
import { exchange } from '../../../../lambda/rotator/exchange';
import type { LocalWorld, Overrides } from '../../../support/localWorld';

/** A request with the seeded refresh token. */
export function refreshAt({ provider }: LocalWorld): TokenRequest {
  return {
    authBaseUrl: provider.url,
    clientId: provider.clientId,
    clientSecret: new Redacted(provider.clientSecret),
    refreshToken: new Redacted(provider.refreshToken),
    offline: true,
  };
}

/** A request that asks about the client credentials alone. */
export function probeAt(world: LocalWorld): TokenRequest {
  const { refreshToken: _, ...credentials } = refreshAt(world);
  return { ...credentials, offline: false };
}

export const refresh = (world: LocalWorld, overrides: Overrides = {}) =>
  exchange(world.run(overrides), refreshAt(world));

/** A provider that answers token requests as scripted, and the times that they were given. */
export function answering(
  world: LocalWorld,
  answer: (timeoutMs: number) => HttpAnswer,
): { readonly provider: Provider; readonly timeoutsMs: number[] } {
  const timeoutsMs: number[] = [];
  return {
    timeoutsMs,
    provider: {
      ...world.effects.provider,
      async requestToken(_, timeoutMs) {
        timeoutsMs.push(timeoutMs);
        return answer(timeoutMs);
      },
    },
  };
}
