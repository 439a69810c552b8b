import { apiBaseUrls, parseRestBaseUrl } from '../../../lambda/core/hosts';
import type { Redacted } from '../../../lambda/core/redacted';
import { apiBaseUrlsOf } from '../../../lambda/core/tokenSet';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { uninterruptible } from '../../terminal/prompts';
import { type FirstToken, readLoginJwt, restBaseUrlRule, type SeedInput } from './seedDocument';
import type { SeedPlan } from './seedPlan';
import type { SeedTarget } from './seedTarget';

const elsewhere = 'pipe a JSON document in, with --stdin';
/** How long a paste of several lines may take to arrive. */
const pasteMs = 1_000;

/** Asks the person at the terminal for what a seeding needs. Secrets are not shown. */
export async function askForSeed(
  context: Context,
  target: SeedTarget,
  plan: Extract<SeedPlan, { do: 'startChain' | 'completeChain' }>,
  isJwt: boolean,
): Promise<SeedInput> {
  const clientSecret = await askForClientSecret(context, target, plan.do === 'startChain');
  const brought = clientSecret === undefined ? {} : { clientSecret };
  if (plan.do === 'completeChain') return brought;
  const firstToken = isJwt ? await askForJwt(context) : await askForRefreshToken(context, plan);
  const restBaseUrl = firstToken?.restBaseUrl ?? (await askForRestBaseUrl(context, target, plan));
  return {
    ...brought,
    ...(firstToken === undefined ? {} : { firstToken }),
    ...(restBaseUrl === undefined ? {} : { restBaseUrl }),
  };
}

async function askForClientSecret(
  { prompts }: Context,
  { connection, parameters }: SeedTarget,
  mayReplace: boolean,
): Promise<Redacted | undefined> {
  const isStored = parameters.clientSecret !== undefined;
  if (isStored && !mayReplace) return undefined;
  const hint = isStored ? ' (Enter keeps the stored one)' : '';
  const typed = await prompts.secret(`Client secret of "${connection}"${hint}:`, elsewhere);
  if (typed || isStored) return typed;
  throw new OpsError('usage', 'No client secret is stored yet, so it is needed. Nothing was done.');
}

async function askForRefreshToken(
  { prompts, terminal }: Context,
  { config }: { readonly config: { readonly onBrokenChain: string } },
): Promise<FirstToken | undefined> {
  terminal.progress(
    'Marketing Cloud may be asked for a refresh token of a server-to-server package only: for one ' +
      'that users log in to, it would change whose token it is.',
  );
  const question = 'First refresh token (Enter asks Marketing Cloud for one):';
  const refreshToken = await prompts.secret(question, elsewhere);
  if (refreshToken) return { refreshToken };
  if (config.onBrokenChain === 'reissue') return undefined;
  if (await prompts.confirm('Is it a server-to-server package?', elsewhere)) return undefined;
  throw new OpsError(
    'refused',
    'A refresh token of a user comes with a login: take it from the JWT that your application ' +
      'receives, with --jwt. Nothing was done.',
  );
}

async function askForJwt(context: Context): Promise<FirstToken> {
  const { prompts, settings } = context;
  const typed = await prompts.secret(
    'JWT of the login, or its decoded claims on one line:',
    elsewhere,
  );
  const jwt = readLoginJwt(typed?.reveal() ?? '', {
    allowLoopback: settings.allowLoopbackProvider,
  });
  if (jwt.ok) return jwt.value;
  // The other lines of what was pasted must not land in the shell.
  await uninterruptible(context, 'One moment.', () => context.clock.sleep(pasteMs));
  const what = typed
    ? `${jwt.field ? `the JWT's ${jwt.field}` : 'it'} ${jwt.problem}`
    : 'none came';
  throw new OpsError(
    'usage',
    `A login's JWT is needed, on one line: ${what}. Nothing was done. Longer documents can be ` +
      'piped in, with --stdin.',
  );
}

/** Asks only if neither the token endpoint's address nor the secret names it. */
async function askForRestBaseUrl(
  { prompts, settings }: Context,
  { tokens }: SeedTarget,
  { config }: { readonly config: { readonly authBaseUrl: string } },
): Promise<string | undefined> {
  const known = { ...apiBaseUrlsOf(tokens), ...apiBaseUrls(config.authBaseUrl) };
  if (known.restBaseUrl) return undefined;
  const typed = await prompts.text('REST base URL, for readers (Enter leaves it out):', elsewhere);
  if (typed === undefined) return undefined;
  const allowLoopback = settings.allowLoopbackProvider;
  const restBaseUrl = parseRestBaseUrl(typed, { allowLoopback });
  if (restBaseUrl !== undefined) return restBaseUrl;
  throw new OpsError('usage', `The REST base URL ${restBaseUrlRule}. Nothing was done.`);
}
