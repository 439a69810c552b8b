import type { Redacted } from '../../lambda/core/redacted';
import type { TokenSet } from '../../lambda/core/tokenSet';
import { tryClientSecret } from '../clientSecretTrial';
import type { Context } from '../context';
import { OpsError } from '../opsError';
import { isoTime } from '../times';
import { clientSecretRefused } from './firstExchange';
import { keeperOf } from './keeper';
import { makeSecret, tagSecret, writeClientSecret, writeConfig } from './makeConnection';
import type { SeedResult } from './seed';
import type { SeedPlan } from './seedPlan';
import type { SeedTarget } from './seedTarget';
import { storeChain } from './storeChain';

/**
 * Writes what an earlier seeding has left undone; the chain itself is not touched. A new connection's
 * token set that is parked gets into the secret first: no function has been told of it.
 */
export async function completeChain(
  context: Context,
  target: SeedTarget,
  { config, make }: Extract<SeedPlan, { do: 'completeChain' }>,
  clientSecret: Redacted,
): Promise<SeedResult> {
  const { connection, chain, parameters } = target;
  const verdict = await tryClientSecret(context, connection, config, clientSecret);
  if (verdict === 'refused') throw clientSecretRefused(config);
  if (make.secret) await makeSecret(context, target);
  const { escrow } = parameters;
  if (make.config && target.tokens.kind === 'notSeeded' && escrow && escrow !== 'unreadable') {
    await publishParked(context, target, escrow);
  }
  await writeClientSecret(context, target, clientSecret);
  if (make.config) {
    if (target.secretExists) await tagSecret(context, target);
    await writeConfig(context, target, config);
  }
  return {
    connection,
    outcome: 'completed',
    ...(chain?.expiresAtMs === undefined ? {} : { expiresAt: isoTime(chain.expiresAtMs) }),
    rotatedBy: await keeperOf(context, connection),
    next: `npm run ops -- status ${connection}`,
  };
}

async function publishParked(context: Context, target: SeedTarget, parked: TokenSet) {
  const stored = await storeChain(context, target.connection, parked, true);
  if (stored.kind === 'published') return;
  throw new OpsError(
    'unavailable',
    `Secrets Manager does not take the token set that is parked in ` +
      `${target.parameters.names.escrow}: ${stored.problem}. It stays there. Mend that, then run ` +
      'the same command again.',
  );
}
