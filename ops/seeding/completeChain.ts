import type { Redacted } from '../../lambda/core/redacted';
import { tryClientSecret } from '../clientSecretTrial';
import type { Context } from '../context';
import { isoTime } from '../times';
import { clientSecretRefused } from './firstExchange';
import { writeClientSecret, writeConfig } from './makeConnection';
import type { SeedResult } from './seed';
import type { SeedPlan } from './seedPlan';
import type { SeedTarget } from './seedTarget';

/** Writes what an earlier seeding has left undone; the chain itself is not touched. */
export async function completeChain(
  context: Context,
  target: SeedTarget,
  { config, make }: Extract<SeedPlan, { do: 'completeChain' }>,
  clientSecret: Redacted,
): Promise<SeedResult> {
  const { connection, chain } = target;
  const verdict = await tryClientSecret(context, connection, config, clientSecret);
  if (verdict === 'refused') throw clientSecretRefused(config);
  if (make.config) await writeConfig(context, target, config);
  await writeClientSecret(context, target, clientSecret);
  return {
    connection,
    outcome: 'completed',
    ...(chain?.expiresAtMs === undefined ? {} : { expiresAt: isoTime(chain.expiresAtMs) }),
    next: `npm run ops -- status ${connection}`,
  };
}
