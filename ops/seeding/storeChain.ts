import { RotationError } from '../../lambda/core/errors';
import type { TokenSet } from '../../lambda/core/tokenSet';
import { type Published, publish } from '../../lambda/rotator/publish';
import type { Run } from '../../lambda/rotator/run';
import type { Context } from '../context';
import { operatorRun } from '../operatorRun';

/** Where a token set has come to rest. */
export type Stored =
  | { readonly kind: 'published'; readonly published: Published }
  /** In the escrow, from where the function publishes it. */
  | { readonly kind: 'parked'; readonly problem: string }
  | { readonly kind: 'lost'; readonly problem: string };

/** One round of attempts; a token set that is parked by then is safe. */
const roundMs = 15_000;
/** For as long as the refresh token before it could be sent again, had it been just used. */
const longestMs = 4 * 60_000;

/**
 * Stores a token set whose refresh token is the only live one, in the secret or else in the
 * escrow. It keeps at it while neither store takes it.
 */
export async function storeChain(
  context: Context,
  connection: string,
  tokenSet: TokenSet,
  escrowPresent: boolean,
): Promise<Stored> {
  const { clock } = context;
  const untilMs = clock.now() + longestMs;
  for (;;) {
    let isParked = false;
    const run = noticing(operatorRun(context, connection, roundMs), () => {
      isParked = true;
    });
    try {
      const published = await publish(run, tokenSet, { escrow: undefined, escrowPresent });
      return { kind: 'published', published };
    } catch (thrown) {
      if (!(thrown instanceof RotationError)) throw thrown;
      const { message: problem } = (thrown.cause as Error | undefined) ?? thrown;
      if (isParked) return { kind: 'parked', problem };
      if (clock.now() >= untilMs) return { kind: 'lost', problem };
    }
  }
}

function noticing(run: Run, onParked: () => void): Run {
  const count: Run['telemetry']['count'] = (event) => {
    if (event === 'EscrowUsed') onParked();
  };
  return { ...run, telemetry: { ...run.telemetry, count } };
}
