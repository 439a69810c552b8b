/** Four characters that nothing else says: no hex digits, and no word in any text here. */
const mark = 'Qx7Z';
const song = mark.repeat(4);

/**
 * A source of tokens and secrets, each another one. They are so built that any four characters of
 * their first or last sixteen give them away: a piece of a secret is a leak too.
 */
export function canaries(): () => string {
  let count = 0;
  return () => `${song}${++count}${song}`;
}

const pieces = [0, 1, 2, 3].map((from) => (mark + mark).slice(from, from + 4).toLowerCase());
/** In Base64 this stands for two whole groups of the song, wherever the song began. */
const encoded = Buffer.from(song.slice(0, 6)).toString('base64');

/** What gives a canary away in a text, if anything does: the place, and what stands around it. */
export function canaryIn(text: string): string | undefined {
  const folded = text.toLowerCase();
  const places = [...pieces.map((piece) => folded.indexOf(piece)), text.indexOf(encoded)];
  const [first] = places.filter((place) => place >= 0).sort((a, b) => a - b);
  return first === undefined ? undefined : text.slice(Math.max(0, first - 120), first + 60);
}
