import { reuseWindowMs } from '../../lambda/core/limits';
import { fingerprint } from '../provider/fingerprint';
import type { RefreshTokenEntry } from '../provider/refreshTokens';
import type { Story } from '../tour/story';
import { firstUsedAtMs, storedAtMs } from '../tour/timeline';
import { connection, type TourWorld } from '../tour/world';
import type { RefreshTokenRow, RefreshTokenStatus } from './state';

const mostRows = 12;
const escrowName = `/sfmc/${connection}/escrow`;

/** Follows every refresh token from its issue to its end. */
export class RefreshTokenWatch {
  /** By fingerprint: the versions in which they came may be gone by now. */
  readonly #everStored = new Set<string>();
  /** What came before the newest two was over when the watch began. */
  readonly #firstShown: number;

  constructor(private readonly story: Story) {
    const issued = story.world.provider.model.refreshTokens();
    this.#firstShown = Math.max(0, issued.length - 2);
    this.note();
  }

  /** Notes what is stored by now, whether anybody looks or not. */
  note(): ReadonlyMap<string, string[]> {
    const { world } = this.story;
    const kept = placesOf(world);
    for (const token of storedAtMs(world).keys()) this.#everStored.add(fingerprint(token));
    for (const name of kept.keys()) this.#everStored.add(name);
    return kept;
  }

  /** The last few, newest first. */
  rows(): RefreshTokenRow[] {
    const { world, origins } = this.story;
    const { model, requests } = world.provider;
    const kept = this.note();
    const firstSent = firstUsedAtMs(world);
    const issued = model.refreshTokens();
    const first = Math.max(this.#firstShown, issued.length - mostRows);
    const rows = issued.slice(first).map((entry, at): RefreshTokenRow => {
      const name = fingerprint(entry.token);
      const keptAs = kept.get(name) ?? [];
      return {
        fingerprint: name,
        chain: entry.chain,
        origin: origins[first + at] ?? 'not known yet',
        issuedAtMs: entry.issuedAtMs,
        firstSentAtMs: firstSent.get(name) ?? null,
        timesSent: requests.filter((request) => request.fingerprint === name).length,
        keptAs,
        status: statusOf(entry, keptAs, {
          nowMs: world.now(),
          isAccepted: model.accepts(entry.token, world.now()),
          wasStored: this.#everStored.has(name),
          isNewest: entry.token === issued.at(-1)?.token,
        }),
      };
    });
    return rows.reverse();
  }
}

/** Where each refresh token is kept now, by fingerprint: staging labels, and `escrow`. */
function placesOf({ aws: { secretsManager, parameterStore } }: TourWorld): Map<string, string[]> {
  const places = new Map<string, string[]>();
  const note = (value: string | undefined, names: readonly string[]) => {
    // The escrow holds a list.
    for (const { refreshToken } of [JSON.parse(value ?? '[]')].flat()) {
      if (refreshToken === undefined) continue;
      const name = fingerprint(refreshToken);
      places.set(name, [...(places.get(name) ?? []), ...names]);
    }
  };
  const SecretId = `sfmc/${connection}`;
  const { VersionIdsToStages = {} } = secretsManager.describeSecret({ SecretId });
  for (const [VersionId, stages] of Object.entries(VersionIdsToStages)) {
    note(secretsManager.getSecretValue({ SecretId, VersionId }).SecretString, stages);
  }
  const { Parameters } = parameterStore.getParameters({
    Names: [escrowName],
    WithDecryption: true,
  });
  for (const { Value } of Parameters) note(Value, ['escrow']);
  return places;
}

interface Circumstances {
  readonly nowMs: number;
  readonly isAccepted: boolean;
  readonly wasStored: boolean;
  readonly isNewest: boolean;
}

function statusOf(
  entry: RefreshTokenEntry,
  keptAs: readonly string[],
  { nowMs, isAccepted, wasStored, isNewest }: Circumstances,
): RefreshTokenStatus {
  if (entry.state === 'used') {
    const isCurrent = keptAs.includes('AWSCURRENT');
    return isCurrent && nowMs < entry.firstUsedAtMs + reuseWindowMs ? 'repeatable' : 'spent';
  }
  if (!wasStored) return isAccepted && isNewest ? 'unstored' : 'lost';
  if (entry.state === 'revoked') return 'revoked';
  if (!isAccepted) return 'expired';
  if (keptAs.includes('AWSCURRENT')) return 'current';
  if (keptAs.includes('AWSPENDING')) return 'pending';
  return keptAs.includes('escrow') ? 'parked' : 'unused';
}
