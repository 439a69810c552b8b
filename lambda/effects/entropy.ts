import { randomUUID } from 'node:crypto';

/** Where chance comes from, so that a seed can replay it. */
export interface Entropy {
  /** In [0, 1). */
  random(): number;
  /** A version id for Secrets Manager (`ClientRequestToken`, 32 to 64 characters). */
  uuid(): string;
}

export const systemEntropy: Entropy = { random: () => Math.random(), uuid: () => randomUUID() };
