import { aheadOf } from '../../../lambda/core/held';
import { isOfSameTenant } from '../../../lambda/core/hosts';
import type { Redacted } from '../../../lambda/core/redacted';
import type { StoreFailure } from '../../../lambda/effects/storeFailure';
import { heldIn } from '../../connection/parameters';
import { nothingStored } from '../../connection/secret';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { tryClientSecret } from '../../rotator/clientSecret';
import { storeChain } from '../../rotator/operatorRun';
import { pipedInput } from '../../terminal/prompts';
import { isoTime, timeText } from '../../terminal/text';
import { askForSeed } from './askForSeed';
import { ClientSecretRefused, clientSecretRefused } from './firstExchange';
import {
  attachToFleet,
  makeSecret,
  makeUnreadSecret,
  seedStore,
  tagSecret,
  writeClientSecret,
  writeConfig,
} from './makeConnection';
import { readSeedDocument, type SeedInput } from './seedDocument';
import { explainRefusal, type GivenConfig, planSeeding, type SeedPlan } from './seedPlan';
import { readRotatedBy, type SeedResult } from './seedResult';
import { readSeedTarget, type SeedTarget } from './seedTarget';
import { startChain } from './startChain';

export interface SeedOptions {
  readonly replace: boolean;
  /** The person has agreed to the replacement already. */
  readonly isConfirmed?: boolean;
  readonly from: 'questions' | 'jwtQuestion' | 'stdin';
  readonly given?: GivenConfig | undefined;
}

type Work = Extract<SeedPlan, { do: 'startChain' | 'completeChain' }>;

/**
 * Starts a connection's chain with its first refresh token, or completes what an earlier seeding
 * has left undone. What was brought is written only once Marketing Cloud has taken it.
 *
 * @throws OpsError, StoreFailure, RotationError
 */
export async function seed(
  context: Context,
  connection: string,
  options: SeedOptions,
): Promise<SeedResult> {
  const { target, plan } = await seedable(context, connection, options);
  const asks = options.from !== 'stdin';
  if (plan.do === 'startChain' && asks && !options.isConfirmed) await confirm(context, target);
  const brought = asks
    ? await askForSeed(context, target, plan, options.from === 'jwtQuestion')
    : await readDocument(context, plan, target);
  refuseOtherTenant(plan, brought);
  const clientSecret = brought.clientSecret ?? target.parameters.clientSecret;
  if (clientSecret === undefined) {
    const problem = 'No client secret is stored yet: bring it as the member clientSecret';
    throw new OpsError('usage', `${problem}. Nothing was done.`);
  }
  return untilTyped(context, asks && brought.clientSecret !== undefined, brought, (input) =>
    carryOut(context, target, plan, input, input.clientSecret ?? clientSecret),
  );
}

async function seedable(
  context: Context,
  connection: string,
  { given, replace }: Pick<SeedOptions, 'given' | 'replace'>,
) {
  const target = await readSeedTarget(context, connection);
  const plan = planSeeding(target, given, replace);
  if (plan.do === 'fail' || plan.do === 'refuse') {
    throw await explainRefusal(context, target, plan.because);
  }
  return { target, plan };
}

/** What {@link seed} would do with what it would ask for. Throws the same for what is stored. */
export async function seedingPlan(
  context: Context,
  connection: string,
  options: Pick<SeedOptions, 'given' | 'replace'>,
): Promise<string[]> {
  const { target, plan } = await seedable(context, connection, options);
  const { chain, parameters, secretId } = target;
  const { clientSecret, config } = parameters.names;
  return [
    ...(plan.do === 'completeChain' ? ['try the client secret'] : []),
    ...(plan.make.secret ? [`make the secret ${secretId}`] : []),
    ...(plan.do === 'startChain'
      ? [
          'try the client secret, and use the first refresh token',
          `store the token set in ${secretId}${chain ? `, in the place of the chain in ${chain.where}` : ''}`,
        ]
      : []),
    ...(parameters.clientSecret === undefined
      ? [`write the client secret into ${clientSecret}`]
      : []),
    ...(plan.make.config ? [`write the config into ${config}`] : []),
    ...(chain && plan.do === 'startChain'
      ? ['wait for a rotation of the old chain that may be under way']
      : []),
  ];
}

async function carryOut(
  context: Context,
  target: SeedTarget,
  plan: Work,
  brought: SeedInput,
  clientSecret: Redacted,
): Promise<SeedResult> {
  const work = target.denial
    ? await makeUnread(context, target, plan, clientSecret, target.denial)
    : plan;
  return work.do === 'startChain'
    ? startChain(context, target, work, brought, clientSecret)
    : completeChain(context, target, work, clientSecret);
}

const mostTries = 3;

/** Asks for a client secret that was mistyped once more, and for nothing else that was brought. */
async function untilTyped(
  { prompts, terminal }: Context,
  isTyped: boolean,
  brought: SeedInput,
  seedWith: (input: SeedInput) => Promise<SeedResult>,
): Promise<SeedResult> {
  let input = brought;
  for (let tries = 1; ; tries += 1) {
    try {
      return await seedWith(input);
    } catch (thrown) {
      if (!(thrown instanceof ClientSecretRefused) || !isTyped || tries === mostTries) throw thrown;
      terminal.progress(thrown.message);
      const question = 'Client secret, once more (Enter gives up):';
      const clientSecret = await prompts.secret(question, '');
      if (clientSecret === undefined) throw thrown;
      input = { ...brought, clientSecret };
    }
  }
}

/** The client secret is tried before, which spends nothing: a wrong one leaves nothing behind. */
async function makeUnread(
  context: Context,
  target: SeedTarget,
  plan: Work,
  clientSecret: Redacted,
  denial: StoreFailure,
): Promise<Work> {
  const trial = await tryClientSecret(context, target.connection, plan.config, clientSecret);
  if (trial.verdict === 'refused') throw clientSecretRefused(plan.config, trial.reason);
  await makeUnreadSecret(context, target, denial);
  return { ...plan, make: { ...plan.make, secret: false } };
}

async function confirm({ prompts, clock }: Context, { chain }: SeedTarget): Promise<void> {
  if (chain === undefined) return;
  const { where, expiresAtMs } = chain;
  const nowMs = clock.now();
  const fresh =
    expiresAtMs === undefined
      ? ''
      : expiresAtMs > nowMs
        ? ` Its access token is valid until ${timeText(expiresAtMs, nowMs)}.`
        : ` Its access token expired at ${timeText(expiresAtMs, nowMs)}.`;
  const question = `There is a refresh token in ${where}.${fresh} Replace the chain?`;
  if (await prompts.confirm(question, 'pipe a JSON document in, with --stdin')) return;
  throw new OpsError('refused', 'Nothing was changed.');
}

/** A refresh token works once: it must not be spent at a tenant that did not issue it. */
function refuseOtherTenant({ config }: Work, { firstToken }: SeedInput): void {
  const { authBaseUrl } = config;
  const other = firstToken?.addresses?.find((address) => !isOfSameTenant(authBaseUrl, address));
  if (other === undefined) return;
  throw new OpsError(
    'refused',
    `The JWT is of another tenant than the connection, whose authBaseUrl is ${authBaseUrl}: it names ` +
      `${new URL(other.trim()).host}. Nothing was sent: its refresh token is unused.`,
  );
}

async function readDocument(
  context: Context,
  plan: Work,
  { chain }: SeedTarget,
): Promise<SeedInput> {
  const { terminal, settings } = context;
  const text = await pipedInput(terminal.streams);
  const document = readSeedDocument(text, { allowLoopback: settings.allowLoopbackProvider });
  if (!document.ok) {
    const { field, problem } = document;
    const what = field ? `'s ${field}` : '';
    throw new OpsError('usage', `The document on standard input${what} ${problem}.`);
  }
  if (plan.do === 'completeChain' && document.value.firstToken) {
    if (chain?.isParked) {
      terminal.progress(
        `Going on from the token set that is parked in ${chain.where}; what was brought with the ` +
          'document as first refresh token is not used.',
      );
      return document.value;
    }
    throw new OpsError(
      'refused',
      'A refresh token is stored already, and only what is missing beside it would be written: ' +
        'leave refreshToken and jwt out, or replace the chain with --replace.',
    );
  }
  return document.value;
}

/**
 * Writes what an earlier seeding has left undone; the chain itself is not touched. A token set that
 * is parked, while the secret holds nothing, gets there first.
 */
async function completeChain(
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
  const rotatedBy = await readRotatedBy(context, connection);
  if (rotatedBy === 'fleet') await attachToFleet(context, target);
  return {
    connection,
    outcome: 'completed',
    ...(chain?.expiresAtMs === undefined ? {} : { expiresAt: isoTime(chain.expiresAtMs) }),
    rotatedBy,
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
      `${parameters.names.escrow}: ${stored.problem}. It stays there. Fix that, then run the same ` +
      'command again.',
  );
}
