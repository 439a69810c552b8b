/**
 * Scenarios that between them meet every call of a rotation. Faults that make no difference to each
 * other in these make none in the others, as `equivalence.test.ts` shows.
 */
export const calibrating: readonly string[] = [
  'a token that is due',
  'a fresh token, rotated by force and by hand',
  'rivals in the escrow, the later one last',
  'a stranded AWSPENDING',
  "a race's loser in AWSCURRENT",
  "Secrets Manager's own rotation",
];
