/**
 * Scenarios that between them meet every call of a rotation, and so many effects of each call. Faults
 * that make no difference to each other in these make none anywhere, as `equivalence.test.ts` shows.
 */
export const calibrating = {
  mostOfCall: 6,
  only: [
    'a token that is due',
    'a fresh token, rotated by force and by hand',
    'rivals in the escrow, the later one last',
    'a stranded AWSPENDING',
    "a race's loser in AWSCURRENT",
    'a tick and an invocation by hand at once',
    "Secrets Manager's own rotation",
    'a token that is due, of a provider whose tokens live 20 minutes',
  ],
};
