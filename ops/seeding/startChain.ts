import type { ConnectionConfig } from '../../lambda/core/connection';
import type { Redacted } from '../../lambda/core/redacted';
import type { TokenSet } from '../../lambda/core/tokenSet';
import type { Context } from '../context';
import { OpsError } from '../opsError';
import { shielded } from '../shield';
import { isoTime } from '../times';
import { firstExchange } from './firstExchange';
import { firstTokenSet } from './firstTokenSet';
import { keeperOf } from './keeper';
import { makeSecret, tagSecret, writeClientSecret, writeConfig } from './makeConnection';
import type { SeedResult } from './seed';
import type { Brought } from './seedDocument';
import type { SeedPlan } from './seedPlan';
import type { SeedTarget } from './seedTarget';
import { type Stored, storeChain } from './storeChain';

/** Spends the first refresh token and stores what it brings, then what is new beside it. */
export async function startChain(
  context: Context,
  target: SeedTarget,
  { config, make }: Extract<SeedPlan, { do: 'startChain' }>,
  brought: Brought,
  clientSecret: Redacted,
): Promise<SeedResult> {
  const { connection } = target;
  const { terminal, prompts } = context;
  const escrowPresent = target.parameters.escrow !== undefined;
  const begun = await shielded(context, notNow, async () => {
    terminal.progress('Asking Marketing Cloud. Ctrl-C is not obeyed until its answer is stored.');
    const refreshToken = brought.firstToken?.refreshToken;
    const credentials = { clientSecret, refreshToken };
    const granted = await firstExchange(context, connection, config, credentials);
    const tokenSet = firstTokenSet(granted, target.tokens, config.authBaseUrl, brought);
    if (make.secret) await makeSecret(context, target);
    return { tokenSet, stored: await storeChain(context, connection, tokenSet, escrowPresent) };
  });
  const { tokenSet } = begun;
  let { stored } = begun;
  while (stored.kind === 'lost' && prompts.isPossible) {
    terminal.progress(`No store takes the new refresh token: ${stored.problem}`);
    if (await givesUp(context)) break;
    stored = await shielded(context, notNow, () =>
      storeChain(context, connection, tokenSet, escrowPresent),
    );
  }
  if (stored.kind === 'lost') throw lost(stored, tokenSet);
  if (brought.clientSecret) await writeClientSecret(context, target, brought.clientSecret);
  const isPublished = stored.kind === 'published';
  if (make.config && isPublished) {
    if (target.secretExists) await tagSecret(context, target);
    await writeConfig(context, target, config);
  }
  if (stored.kind === 'parked') terminal.progress(`Secrets Manager refuses: ${stored.problem}`);
  return {
    connection,
    outcome: isPublished ? 'seeded' : 'parked',
    expiresAt: isoTime(tokenSet.expiresAtMs),
    ...(stored.kind === 'published' ? { versionId: stored.published.version.versionId } : {}),
    rotatedBy: await keeperOf(context, connection),
    next: isPublished
      ? `npm run ops -- status ${connection}`
      : make.config
        ? seedAgain(connection, config)
        : `npm run ops -- rotate ${connection} --force`,
  };
}

/** Of a new connection, no function is told before the secret holds its token set. */
const seedAgain = (connection: string, { authBaseUrl, clientId }: ConnectionConfig) =>
  `npm run ops -- seed ${connection} --auth-base-url ${authBaseUrl} --client-id ${clientId}`;

const notNow = 'Not now: the refresh token would be lost. It is being stored.';

/** Asked so that Enter tries again. Ctrl-C is an answer, not an end: what is lost is told first. */
async function givesUp({ prompts }: Context): Promise<boolean> {
  try {
    return await prompts.confirm('It is kept in this program alone. Give it up?', '');
  } catch {
    return true;
  }
}

function lost({ problem }: Extract<Stored, { kind: 'lost' }>, tokenSet: TokenSet): OpsError {
  const sentAt = isoTime(tokenSet.issuedAtMs);
  return new OpsError(
    'unavailable',
    `Neither store took the token set: ${problem}. The new refresh token is lost. The one that ` +
      `was sent is taken for 5 minutes after ${sentAt}: run the same command with it at once, ` +
      'with access to both stores.',
  );
}
