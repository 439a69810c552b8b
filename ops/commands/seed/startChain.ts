import type { ConnectionConfig } from '../../../lambda/core/connection';
import type { HeldTokenSet } from '../../../lambda/core/held';
import { labels } from '../../../lambda/core/labels';
import { reuseWindowMs } from '../../../lambda/core/limits';
import type { Redacted } from '../../../lambda/core/redacted';
import type { TokenSet } from '../../../lambda/core/tokenSet';
import type { Context } from '../../context';
import { awsFailure } from '../../failures/awsFailure';
import { OpsError } from '../../failures/opsError';
import { type StoreOutcome, storeChain } from '../../rotator/operatorRun';
import { sendRotation } from '../../rotator/rotation';
import { uninterruptible } from '../../terminal/prompts';
import { isoTime } from '../../terminal/text';
import { requiredKeeper } from '../chosenConnections';
import {
  completeAddresses,
  firstExchange,
  firstTokenSet,
  type Granted,
  knownAddresses,
} from './firstExchange';
import { keepReplacement } from './keepReplacement';
import {
  attachToFleet,
  makeSecret,
  type SeedStore,
  seedStore,
  tagSecret,
  writeClientSecret,
  writeConfig,
} from './makeConnection';
import type { SeedInput } from './seedDocument';
import type { SeedPlan } from './seedPlan';
import { readRotatedBy, type SeedResult } from './seedResult';
import type { SeedTarget } from './seedTarget';

type Start = Extract<SeedPlan, { do: 'startChain' }>;

/** Spends the first refresh token and stores what it brings, then what is new beside it. */
export async function startChain(
  context: Context,
  target: SeedTarget,
  { config, make }: Start,
  brought: SeedInput,
  clientSecret: Redacted,
): Promise<SeedResult> {
  const { connection } = target;
  const { terminal, prompts } = context;
  const begins = target.salvaged.length === 0;
  const prepare = async () => {
    if (make.secret) await makeSecret(context, target);
  };
  const store = seedStore(context.secretStore, prepare, begins);
  // What is cleared from the escrow is cleared later: only then it is known what is of this chain.
  const options = { parentVersionId: labels.seeded, held: [], escrowPresent: false };
  const keep = (set: HeldTokenSet) => storeChain(context, connection, set, options, store);
  const begun = await uninterruptible(context, notNow, async () => {
    terminal.progress('Asking Marketing Cloud. Ctrl-C is not obeyed until its answer is stored.');
    const set = await firstSet(context, target, config, brought, clientSecret, store);
    return { set, stored: await keep(set) };
  });
  const { set } = begun;
  const { tokenSet } = set;
  let { stored } = begun;
  while (stored.kind === 'lost' && prompts.isPossible) {
    terminal.progress(`No store takes the new refresh token: ${stored.problem}`);
    if (await givesUp(context)) break;
    stored = await uninterruptible(context, notNow, () => keep(set));
  }
  if (stored.kind === 'lost') throw lost(stored, tokenSet);
  terminal.begins(
    target.chain
      ? `The new chain is stored. Whether it stays, "npm run ops -- recover ${connection}" shows.`
      : `The new chain is stored. "npm run ops -- seed ${connection}" completes what is missing.`,
  );
  if (stored.kind === 'parked') terminal.progress(`Secrets Manager refuses: ${stored.problem}`);
  const isPublished = stored.kind === 'published';
  try {
    if (brought.clientSecret) await writeClientSecret(context, target, brought.clientSecret);
    if (make.config && isPublished) {
      if (target.secretExists) await tagSecret(context, target);
      await writeConfig(context, target, config);
    }
    if (set.open && isPublished) await askForConfirmation(context, connection);
  } finally {
    if (target.chain && stored.kind === 'published') {
      await keepReplacement(context, target, stored.version);
    }
  }
  const rotatedBy = await readRotatedBy(context, connection);
  if (isPublished && rotatedBy === 'fleet') await attachToFleet(context, target);
  return {
    connection,
    outcome: isPublished ? 'seeded' : 'parked',
    expiresAt: isoTime(tokenSet.expiresAtMs),
    ...(stored.kind === 'published' ? { versionId: stored.version.versionId } : {}),
    rotatedBy,
    next: isPublished
      ? `npm run ops -- status ${connection}`
      : make.config
        ? seedAgain(connection, config)
        : `npm run ops -- rotate ${connection} --force`,
  };
}

/** By what an earlier seeding has kept, or else by what was brought. */
async function firstSet(
  context: Context,
  { connection, salvaged, tokens }: SeedTarget,
  config: ConnectionConfig,
  brought: SeedInput,
  clientSecret: Redacted,
  store: SeedStore,
): Promise<HeldTokenSet> {
  if (salvaged.length > 0) {
    const what = 'Going on from a refresh token that an earlier answer brought, which was kept.';
    context.terminal.progress(what);
  }
  let refusal: OpsError | undefined;
  for (const refreshToken of [...salvaged, brought.firstToken?.refreshToken]) {
    const asked = { clientSecret, refreshToken, store };
    const answer = await firstExchange(context, connection, config, asked);
    if (answer instanceof OpsError) {
      refusal = answer;
      continue;
    }
    const known = knownAddresses(tokens, config.authBaseUrl, brought);
    const addresses = await completeAddresses(context, known, answer.grant.accessToken);
    const tokenSet = firstTokenSet(answer, refreshToken, addresses);
    return { tokenSet, ...marksOf(answer, salvaged.length > 0, refreshToken !== undefined) };
  }
  throw refusal;
}

/** A chain that was asked for by the client credentials has no forerunner that could be taken up. */
function marksOf({ grant, isOnlyUse }: Granted, wasUsedBefore: boolean, isSpent: boolean) {
  const lacksSuccessor = grant.refreshToken === undefined;
  const isOpen = isSpent && (!isOnlyUse || wasUsedBefore || lacksSuccessor);
  return { open: isOpen, sent: lacksSuccessor };
}

/** Of a new connection, no function knows before the secret holds its token set. */
const seedAgain = (connection: string, { authBaseUrl, clientId }: ConnectionConfig) =>
  `npm run ops -- seed ${connection} --auth-base-url ${authBaseUrl} --client-id ${clientId}`;

const notNow = 'Not now: the refresh token would be lost. It is being stored.';

/** ProviderReply so that Enter tries again. Ctrl-C is an answer, not an end: what is lost is reported first. */
async function givesUp({ prompts }: Context): Promise<boolean> {
  try {
    return await prompts.confirm('It is kept in this program alone. Give it up?', '');
  } catch {
    return true;
  }
}

function lost({ problem }: Extract<StoreOutcome, { kind: 'lost' }>, tokenSet: TokenSet): OpsError {
  const until = isoTime(tokenSet.issuedAtMs + reuseWindowMs);
  return new OpsError(
    'unavailable',
    `Neither store took the token set: ${problem}. The new refresh token is lost. The one that ` +
      `was sent is taken until ${until}: run the same command with it before, with access to both ` +
      'stores.',
  );
}

const why =
  'An answer of Marketing Cloud was lost, or an earlier one: the refresh token that was stored has ' +
  'to be used once more within 5 minutes, to be sure of it.';

/** Has the function use an open token set once more, without waiting for the next tick. */
async function askForConfirmation(context: Context, connection: string): Promise<void> {
  const { terminal } = context;
  try {
    const keeper = await requiredKeeper(context, connection);
    await sendRotation(context, connection, keeper, false);
    terminal.progress(`${why} The function was asked to do so.`);
  } catch (thrown) {
    const failure = thrown instanceof OpsError ? thrown : awsFailure(thrown);
    if (failure === undefined) throw thrown;
    terminal.progress(
      `${why} The function could not be asked: ${failure.message} Then do so at once: ` +
        `npm run ops -- rotate ${connection}`,
    );
  }
}
