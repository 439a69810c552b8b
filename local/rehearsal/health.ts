import type { ClientSecretState, Health } from './state';

export interface HealthFacts {
  /** Of the access token's life. */
  readonly leftMs: number;
  readonly lastOutcome: string | undefined;
  readonly hasFailed: boolean;
  readonly isOneClientSecretAccepted: boolean;
  readonly stagedClientSecret: ClientSecretState['staged'];
  readonly areAllHealed: boolean;
  readonly isOut: boolean;
}

/**
 * How things stand, in one sentence that changes only when they do: it is read out to those who
 * cannot see the page.
 */
export function healthOf(facts: HealthFacts): Health {
  const { lastOutcome, hasFailed } = facts;
  const readers = facts.leftMs > 0 ? 'Readers are still served.' : 'Readers have no valid token.';
  if (hasFailed && lastOutcome === 'ChainBroken') {
    return person(`The chain is broken: log in again and re-seed. ${readers}`);
  }
  if (hasFailed && lastOutcome === 'CredentialsRejected' && !facts.isOneClientSecretAccepted) {
    return facts.stagedClientSecret === 'none'
      ? person(`The client secret is refused: stage the next one. ${readers}`)
      : trouble(`The client secret is refused; the staged one is usable soon. ${readers}`);
  }
  if (hasFailed) return trouble(`Failed: ${lastOutcome}. It is tried again. ${readers}`);
  if (facts.leftMs <= 0) return trouble(readers);
  if (facts.isOut) return trouble(`Something is out. ${readers}`);
  if (!facts.areAllHealed) return trouble(`A fault is ordered or not healed yet. ${readers}`);
  return { kind: 'good', text: 'All is well: the chain is whole, and readers are served.' };
}

const trouble = (text: string): Health => ({ kind: 'trouble', text });
const person = (text: string): Health => ({ kind: 'person', text });
