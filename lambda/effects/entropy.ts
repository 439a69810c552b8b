/** Where chance comes from, so that a seed can replay it. */
export interface Entropy {
  /** In [0, 1). */
  random(): number;
}

export const systemEntropy: Entropy = { random: () => Math.random() };
