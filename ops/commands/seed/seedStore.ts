import { labels } from '../../../lambda/core/labels';
import type { SecretStore } from '../../../lambda/effects/secretStore';

/** Secrets Manager as a seeding writes to it. */
export interface SeedStore extends SecretStore {
  /** Whether a refresh token was kept that came in an answer which was unusable otherwise. */
  hasSalvaged(): boolean;
}

/**
 * @param beforeFirstPut makes the secret where there is none, so that nothing is left behind of a
 * seeding that brings nothing
 * @param isBeginning whether what becomes AWSCURRENT is marked as a chain that a person began:
 * nothing older, nor what comes of that, is gone back to
 */
export function seedStore(
  store: SecretStore,
  beforeFirstPut: () => Promise<void>,
  isBeginning: boolean,
): SeedStore {
  let prepared: Promise<void> | undefined;
  let hasSalvaged = false;
  return {
    ...store,
    async put(secretId, versionId, text, stages) {
      prepared ??= beforeFirstPut();
      await prepared;
      const moved = stages ?? ['AWSCURRENT'];
      const isBegun = isBeginning && moved.includes('AWSCURRENT');
      await store.put(secretId, versionId, text, isBegun ? [...moved, labels.seeded] : stages);
      hasSalvaged ||= moved.includes(labels.salvaged);
    },
    hasSalvaged: () => hasSalvaged,
  };
}
