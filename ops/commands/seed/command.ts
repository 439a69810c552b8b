import { type Command, Option } from 'commander';
import type { OnBrokenChain } from '../../../lambda/core/connection';
import { authBaseUrlRule, parseAuthBaseUrl } from '../../../lambda/core/hosts';
import { tokenText, trimTyped, validate } from '../../../lambda/core/validate';
import { parseConnectionName, type RunCommand } from '../../command';
import type { Context } from '../../context';
import { exitCodes, OpsError } from '../../failures/opsError';
import type { GivenConfig } from './seedPlan';
import { formatSeed, type SeedResult } from './seedResult';

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
export function addSeedCommand(program: Command, run: RunCommand): void {
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
        const { seed } = await import('./seed');
        const result = await seed(context, name, {
          replace: options.replace === true,
          from: options.stdin ? 'stdin' : options.jwt ? 'jwtQuestion' : 'questions',
          given: givenConfig(options, context),
        });
        context.terminal.result(result, () => formatSeed(result, context));
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
