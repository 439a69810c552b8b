import { RotationError } from '../../lambda/core/errors';
import { fingerprintOf, type HeldTokenSet } from '../../lambda/core/held';
import type { StoredVersion } from '../../lambda/core/tokenSet';
import type { Fields } from '../../lambda/effects/telemetry';
import { type PublishOptions, publish } from '../../lambda/rotator/publish';
import type { Run } from '../../lambda/rotator/run';
import type { Context } from '../context';
import { operatorRun } from './operatorRun';

/** Where a token set has come to rest. */
export type Stored =
  | { readonly kind: 'published'; readonly version: StoredVersion }
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
  set: HeldTokenSet,
  options: Omit<PublishOptions, 'replacedVersionId'>,
  secretStore = context.secretStore,
): Promise<Stored> {
  const { clock } = context;
  const untilMs = clock.now() + longestMs;
  const wasParked = options.held.some((held) => fingerprintOf(held) === fingerprintOf(set));
  for (;;) {
    const seen = { isParked: wasParked, problem: '' };
    const run = withEscrowNoted(
      { ...operatorRun(context, connection, roundMs), secretStore },
      seen,
    );
    try {
      // What this program read before is of no use to it again.
      const published = await publish(run, set, { ...options, replacedVersionId: '' });
      if (published.kind === 'parked') return { kind: 'parked', problem: seen.problem };
      return { kind: 'published', version: published.version };
    } catch (thrown) {
      if (!(thrown instanceof RotationError)) throw thrown;
      const { message: problem } = (thrown.cause as Error | undefined) ?? thrown;
      if (seen.isParked) return { kind: 'parked', problem };
      if (clock.now() >= untilMs) return { kind: 'lost', problem };
    }
  }
}

function withEscrowNoted(run: Run, seen: { isParked: boolean; problem: string }): Run {
  const { telemetry } = run;
  return {
    ...run,
    telemetry: {
      ...telemetry,
      count: (event) => {
        seen.isParked ||= event === 'EscrowUsed';
      },
      warn: (message: string, fields: Fields = {}) => {
        if (typeof fields.problem === 'string') seen.problem = fields.problem;
        telemetry.warn(message, fields);
      },
    },
  };
}
