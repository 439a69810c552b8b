import { aheadOf } from '../../../lambda/core/held';
import type { Redacted } from '../../../lambda/core/redacted';
import { heldIn } from '../../connection/parameters';
import { nothingStored } from '../../connection/secret';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { tryClientSecret } from '../../rotator/clientSecret';
import { storeChain } from '../../rotator/storeChain';
import { isoTime } from '../../terminal/text';
import { clientSecretRefused } from './firstExchange';
import { makeSecret, seedStore, tagSecret, writeClientSecret, writeConfig } from './makeConnection';
import type { SeedPlan } from './seedPlan';
import { readRotatedBy, type SeedResult } from './seedResult';
import type { SeedTarget } from './seedTarget';

/**
 * Writes what an earlier seeding has left undone; the chain itself is not touched. A token set that
 * is parked, while the secret holds nothing, gets there first.
 */
export async function completeChain(
  context: Context,
  target: SeedTarget,
  { config, make }: Extract<SeedPlan, { do: 'completeChain' }>,
  clientSecret: Redacted,
): Promise<SeedResult> {
  const { connection, chain } = target;
  const trial = await tryClientSecret(context, connection, config, clientSecret);
  if (trial.verdict === 'refused') throw clientSecretRefused(config, trial.reason);
  if (chain?.isParked) await publishParked(context, target, make.secret);
  else if (make.secret) await makeSecret(context, target);
  await writeClientSecret(context, target, clientSecret);
  if (make.config) {
    if (target.secretExists) await tagSecret(context, target);
    await writeConfig(context, target, config);
  }
  return {
    connection,
    outcome: 'completed',
    ...(chain?.expiresAtMs === undefined ? {} : { expiresAt: isoTime(chain.expiresAtMs) }),
    rotatedBy: await readRotatedBy(context, connection),
    next: `npm run ops -- status ${connection}`,
  };
}

async function publishParked(context: Context, target: SeedTarget, makesSecret: boolean) {
  const { connection, parameters } = target;
  const held = heldIn(parameters.escrow);
  const newest = aheadOf(nothingStored, held);
  if (newest === undefined) return;
  const prepare = async () => {
    if (makesSecret) await makeSecret(context, target);
  };
  const store = seedStore(context.secretStore, prepare, true);
  const options = { parentVersionId: '', held, escrowPresent: true };
  const stored = await storeChain(context, connection, newest, options, store);
  if (stored.kind === 'published') return;
  throw new OpsError(
    'unavailable',
    `Secrets Manager does not take the token set that is parked in ` +
      `${parameters.names.escrow}: ${stored.problem}. It stays there. Mend that, then run the same ` +
      'command again.',
  );
}
