import type { ClientSecretState, Health, TokenReading } from './state';

export interface HealthFacts {
  /** Of the access token's life. */
  readonly leftMs: number;
  /** What the last reader found, which the page shows beside it. */
  readonly verdict: TokenReading['verdict'] | undefined;
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
  const readers = readersOf(facts);
  if (hasFailed && lastOutcome === 'ChainBroken') {
    return person(`The chain is broken: log in again and re-seed. ${readers}`);
  }
  if (hasFailed && lastOutcome === 'CredentialsRejected' && !facts.isOneClientSecretAccepted) {
    return facts.stagedClientSecret === 'none'
      ? person(`The client secret is refused: stage the next one. ${readers}`)
      : trouble(`The client secret is refused; the staged one is usable soon. ${readers}`);
  }
  if (hasFailed) return trouble(`Failed: ${lastOutcome}. It is tried again. ${readers}`);
  if (facts.leftMs <= 0 || readers !== served) return trouble(readers);
  if (facts.isOut) return trouble(`Something is out. ${readers}`);
  if (!facts.areAllHealed) return trouble(`A fault is ordered or not healed yet. ${readers}`);
  return { kind: 'good', text: 'All is well: the chain is whole, and readers are served.' };
}

const served = 'Readers are still served.';

function readersOf({ leftMs, verdict }: HealthFacts): string {
  if (leftMs <= 0) return 'Readers have no valid token.';
  if (verdict === 'unreachable') {
    return 'Readers that hold the token are served; others cannot read the secret.';
  }
  return verdict === 'refused' ? 'Readers got a token that the provider refuses.' : served;
}

const trouble = (text: string): Health => ({ kind: 'trouble', text });
const person = (text: string): Health => ({ kind: 'person', text });
