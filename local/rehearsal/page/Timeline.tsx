import type { RefreshTokenRow, RefreshTokenStatus } from '../state';
import { times } from './format';
import { Time } from './Time';

const statusNames: Readonly<Record<RefreshTokenStatus, string>> = {
  current: 'current',
  repeatable: 'spent, can be sent again',
  unstored: 'not stored yet',
  pending: 'pending',
  parked: 'parked in the escrow',
  unused: 'unused, replaced',
  spent: 'spent',
  lost: 'lost on its way',
  revoked: 'revoked',
  expired: 'expired',
};

export function Timeline({ rows }: { readonly rows: readonly RefreshTokenRow[] }) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">The chain of refresh tokens</h2>
      <p class="quiet">
        Newest first, by fingerprint: the first 8 hex digits of the SHA-256. Each works once, and
        yields the next.
      </p>
      <ol class="timeline" aria-labelledby="timeline">
        {rows.map((row, at) => {
          const isNewChain = row.chain !== (rows[at + 1]?.chain ?? row.chain);
          const isPast = row.chain !== rows[0]?.chain;
          return <Token key={row.fingerprint} {...{ row, isNewChain, isPast }} />;
        })}
      </ol>
    </section>
  );
}

interface TokenProps {
  readonly row: RefreshTokenRow;
  /** Whether the one before belongs to another chain. */
  readonly isNewChain: boolean;
  /** Whether another chain has taken the place of this one: nothing to be alarmed at. */
  readonly isPast: boolean;
}

function Token({ row, isNewChain, isPast }: TokenProps) {
  const { status, fingerprint, keptAs, firstSentAtMs, timesSent } = row;
  return (
    <li class={`token ${status} ${isNewChain ? 'first' : ''} ${isPast ? 'past' : ''}`}>
      <p>
        <code>{fingerprint}</code> <span class={`badge ${status}`}>{statusNames[status]}</span>{' '}
        {keptAs.map((place) => (
          <span key={place} class="place">
            {place}
          </span>
        ))}
      </p>
      <p class="quiet">
        Issued <Time at={row.issuedAtMs} /> ({row.origin})
        {firstSentAtMs !== null && (
          <>
            , sent <Time at={firstSentAtMs} />
            {timesSent > 1 && <b class="again">, {times(timesSent)}</b>}
          </>
        )}
        {isNewChain && '. A new chain begins here'}
      </p>
    </li>
  );
}
