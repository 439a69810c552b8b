import { type Command, Option } from 'commander';
import type { OnBrokenChain } from '../../lambda/core/connection';
import { authBaseUrlRule, parseAuthBaseUrl } from '../../lambda/core/hosts';
import { tokenText, trimTyped, validate } from '../../lambda/core/validate';
import { parseConnectionName } from '../connection/chosenConnections';
import { deployFleet } from '../connection/fleet';
import type { Context } from '../context';
import { exitCodes, OpsError } from '../failures/opsError';
import type { Run } from '../program';
import { type SeedResult, seed } from '../seeding/seed';
import type { GivenConfig } from '../seeding/seedPlan';
import { timeText } from '../terminal/text';

interface SeedCommandOptions {
  readonly replace?: true;
  readonly stdin?: true;
  readonly jwt?: true;
  readonly authBaseUrl?: string;
  readonly clientId?: string;
  readonly onBrokenChain?: OnBrokenChain;
}

const help = `
Asks for the client secret and the first refresh token, tries them, and stores them only if they
work. Nothing typed is shown. From then on nothing else may use this chain: each refresh token works
once. A stored refresh token is never overwritten without --replace, which also waits for a rotation
that may be under way, so that its end does not undo the replacement.

--stdin takes a JSON document, all of whose members are optional:
  {"clientSecret", "refreshToken" or "jwt", "restBaseUrl"}
Without refreshToken and jwt, Marketing Cloud is asked for a refresh token, which is right for a
server-to-server package only.

With --auth-base-url and --client-id it makes the connection without a deployment, for a fleet: its
secret, under the fleet's key, and last its config, by which the fleet knows it.

--jwt: the signature is not checked. Give only a JWT that your application has received and verified.

Examples:
  npm run ops -- seed example
  npm run ops -- seed example --jwt
  npm run ops -- seed example --stdin < seed.json
  npm run ops -- seed example --auth-base-url https://SUBDOMAIN.auth.marketingcloudapis.com \\
    --client-id CLIENT-ID`;

/** With --json: a {@link SeedResult}. */
export function addSeedCommand(program: Command, run: Run): void {
  program
    .command('seed')
    .description("Start a connection's chain: client secret and first refresh token")
    .argument('<name>', 'the connection', parseConnectionName)
    .option('--replace', 'put a new chain in the place of the stored one')
    .addOption(new Option('--stdin', 'read a JSON document from standard input').conflicts('jwt'))
    .option('--jwt', "take the first refresh token from a login's JWT")
    .option('--auth-base-url <url>', 'make the connection, with this authBaseUrl')
    .option('--client-id <id>', 'make the connection, with this clientId')
    .addOption(
      new Option(
        '--on-broken-chain <what>',
        'make the connection, with this onBrokenChain',
      ).choices(['alarm', 'reissue']),
    )
    .addHelpText('after', help)
    .action((name: string, options: SeedCommandOptions, command: Command) =>
      run(command, async (context) => {
        const result = await seed(context, name, {
          replace: options.replace === true,
          from: options.stdin ? 'stdin' : options.jwt ? 'jwtQuestion' : 'questions',
          given: givenConfig(options, context),
        });
        context.terminal.result(result, () => seedLines(result, context));
        return result.outcome === 'parked' ? exitCodes.attention : 0;
      }),
    );
}

function givenConfig(
  { authBaseUrl, clientId: typedId = '', onBrokenChain }: SeedCommandOptions,
  { settings }: Context,
): GivenConfig | undefined {
  const clientId = trimTyped(typedId);
  if (!authBaseUrl && !clientId && !onBrokenChain) return undefined;
  if (!authBaseUrl || !clientId) {
    throw new OpsError('usage', 'Give --auth-base-url and --client-id together.');
  }
  const origin = parseAuthBaseUrl(authBaseUrl, { allowLoopback: settings.allowLoopbackProvider });
  if (origin === undefined) throw new OpsError('usage', `--auth-base-url ${authBaseUrlRule}.`);
  if (!validate(tokenText, clientId).ok) {
    throw new OpsError('usage', '--client-id must be of visible ASCII characters.');
  }
  return {
    authBaseUrl: origin,
    clientId,
    ...(onBrokenChain === undefined ? {} : { onBrokenChain }),
  };
}

function keeperLines({ connection, rotatedBy }: SeedResult): string[] {
  if (rotatedBy === 'fleet') return ['The fleet keeps its token fresh from now on.'];
  if (rotatedBy !== 'nothing') return [];
  return [
    'Nothing rotates it: there is no schedule for it, and no fleet in this Region. Before the token',
    `expires, deploy a fleet (${deployFleet}), or a stack with`,
    `"${connection}" in cdk.json.`,
  ];
}

const headlines: Record<SeedResult['outcome'], string> = {
  seeded: 'Seeded',
  parked: 'Parked in the escrow, since Secrets Manager did not take it:',
  completed: 'Completed',
};

/** What a person reads of a seeding. */
export function seedLines(result: SeedResult, { clock, terminal }: Context): string[] {
  const { connection, outcome, expiresAt, versionId, next } = result;
  const tone = outcome === 'parked' ? 'warning' : 'good';
  return [
    terminal.paint(`${headlines[outcome]} ${connection}.`, tone),
    ...(expiresAt
      ? [`The access token expires ${timeText(Date.parse(expiresAt), clock.now())}.`]
      : []),
    ...(versionId ? [`Version of the secret: ${versionId}`] : []),
    ...(outcome === 'parked' ? [] : keeperLines(result)),
    `Next: ${next}`,
  ];
}
