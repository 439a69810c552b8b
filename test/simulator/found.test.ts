import { playNamed } from '../../simulator/exhaustive';

/** What pairs of faults once lost, each by another rule that was missing. */
const found = [
  'a fresh token, rotated by force and by hand | same-successor | alarm | 8: now, noRefreshToken, for 239 s | 12: InternalServiceError, reads, for 480 s',
  'a fresh token, rotated by force and by hand | same-successor | alarm | 7: InternalServiceError, writes, for 480 s | 11: InternalServiceError, reads, for 480 s',
  'rivals in the escrow, the later one last | revokes-successor | alarm | 3: AccessDeniedException, writes, for 480 s | 7: later, html200, for 239 s',
  'rivals in the escrow, the later one last | same-successor | alarm | 4: InternalServiceError, both, for 480 s | 8: now, noRefreshToken, for 239 s',
  'rivals in the escrow, the later one last | revokes-successor | alarm | 10: now, slow, for 480 s | 11: afterNext, html200',
  "Secrets Manager's own rotation | same-successor | alarm | 9: now, silent, for 239 s | 12: AccessDeniedException, reads, for 480 s",
  "a race's loser in AWSCURRENT | revokes-successor | alarm | 16: afterNext, html200 | 18: InternalServiceError, reads, for 480 s",
  "Secrets Manager's own rotation | revokes-descent | alarm | 5: two environments in turn, one 4 min behind | 9: later, html200, for 239 s",
];

it.each(found)('the chain outlives %s', async (name) => {
  const { checker } = await playNamed(name);

  expect([checker.violations, checker.losses]).toEqual([[], []]);
});
