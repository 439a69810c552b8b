/**
 * Staging labels of our own. They travel with every GetSecretValue, so that a tick learns of an
 * open end by its one call. `open` and `sent` count on AWSCURRENT alone.
 */
export const labels = {
  /** The refresh token came from an exchange that was not clean: it is to be confirmed. */
  open: 'SFMC_OPEN',
  /** The refresh token may have been sent: a further use of it is not clean. */
  sent: 'SFMC_SENT',
  /** A person began the chain with this version: nothing older, or descending from it, counts. */
  seeded: 'SFMC_SEEDED',
  /** A successor from an answer that was not usable otherwise, or a rival with no other place. */
  salvaged: 'SFMC_SALVAGED',
} as const;
