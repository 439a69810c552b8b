import { fingerprint } from '../provider/fingerprint';
import type { Story } from './story';
import { timeOfDay } from './time';
import { connection, type TourWorld } from './world';

/** A row for each refresh token that the provider issued, in that order, below the columns' names. */
export function timelineOf(story: Story): string[][] {
  const { world, origins } = story;
  const stored = storedAtMs(world);
  const used = firstUsedAtMs(world);
  const current = story.currentTokens().refreshToken;
  const rows = world.provider.model
    .refreshTokens()
    .map(({ token, chain, issuedAtMs, state }, at) => {
      const name = fingerprint(token);
      const end = used.has(name) ? 'spent' : stored.has(token) ? state : 'lost';
      return [
        String(chain),
        name,
        timeOfDay(issuedAtMs),
        origins[at] ?? '',
        timeOrNever(stored.get(token)),
        timeOrNever(used.get(name)),
        token === current ? 'current' : end,
      ];
    });
  return [['chain', 'token', 'issued', 'by', 'stored', 'first used', 'state'], ...rows];
}

const timeOrNever = (epochMs: number | undefined): string =>
  epochMs === undefined ? 'never' : timeOfDay(epochMs);

/** When each refresh token came into Secrets Manager, from the versions that it keeps. */
export function storedAtMs({ aws: { secretsManager } }: TourWorld): ReadonlyMap<string, number> {
  const SecretId = `sfmc/${connection}`;
  const { Versions } = secretsManager.listSecretVersionIds({ SecretId, IncludeDeprecated: true });
  return new Map(
    Versions.flatMap(({ VersionId, CreatedDate }) => {
      const { SecretString } = secretsManager.getSecretValue({ SecretId, VersionId });
      const { refreshToken } = JSON.parse(SecretString ?? '{}');
      return refreshToken === undefined ? [] : [[refreshToken, (CreatedDate ?? 0) * 1000]];
    }),
  );
}

/** When the provider first took each refresh token up, by fingerprint. */
export function firstUsedAtMs({ provider }: TourWorld): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  for (const { fingerprint: name, status, takenUpAtMs } of provider.requests) {
    if (name === null || takenUpAtMs === null || status === 401) continue;
    if (!used.has(name)) used.set(name, takenUpAtMs);
  }
  return used;
}
