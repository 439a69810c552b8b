/**
 * Scenarios that between them meet every call of a rotation, and so many effects of each call: what a
 * test at each change plays of the single faults. `npm run simulate` plays all of them.
 */
export const few = {
  mostOfCall: 4,
  only: [
    'a token that is due, of a provider whose tokens live 20 minutes',
    'a token that is due',
    'a fresh token, rotated by force and by hand',
    'rivals in the escrow, the later one last',
    'a stranded AWSPENDING',
    "a race's loser in AWSCURRENT",
    'a tick and an invocation by hand at once',
    "Secrets Manager's own rotation",
  ],
};
