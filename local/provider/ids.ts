const idLetters = Uint8Array.from(Buffer.from('0123456789abcdefghjkmnpqrstvwxyz'));

/**
 * A source of 28-character strings that look like the provider's tokens and are the same for the
 * same seed. No string repeats within one source: the Weyl step visits each 32-bit state once per
 * period and the mixing (splitmix32) is a bijection, so the first 7 characters, which hold a whole
 * state, come twice only after 2^30 calls.
 */
export function seededIds(seed: number): () => string {
  let state = seed | 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  // One flat string at once: concatenation would cost four times as much once it is a Map's key.
  const id = new Array<number>(28).fill(0);
  return () => {
    for (let at = 0, bits = 0; at < id.length; at += 1, bits >>>= 5) {
      if (at % 7 === 0) bits = word();
      id[at] = idLetters[bits & 31] ?? 0;
    }
    return String.fromCharCode(...id);
  };
}
