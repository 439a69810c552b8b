import { type Command, Option } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import { exitCodes } from '../../failures/opsError';
import { dryRunOption, printDryRun } from '../dryRun';
import type { SeedCommandOptions } from './seedPlan';
import type { SeedResult } from './seedResult';

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
    .option(...dryRunOption)
    .addHelpText('after', help)
    .action((name: string, options: SeedCommandOptions & { dryRun?: true }, command: Command) =>
      run(command, async (context) => {
        const [{ seed, seedingPlan }, { givenConfig }, { formatSeed }] = await Promise.all([
          import('./seed'),
          import('./seedPlan'),
          import('./seedResult'),
        ]);
        const replace = options.replace === true;
        const given = givenConfig(options, context);
        if (options.dryRun) {
          const would = await seedingPlan(context, name, { replace, given });
          return printDryRun(context, name, would);
        }
        const result = await seed(context, name, {
          replace,
          from: options.stdin ? 'stdin' : options.jwt ? 'jwtQuestion' : 'questions',
          given,
        });
        context.terminal.result(result, () => formatSeed(result, context));
        return result.outcome === 'parked' ? exitCodes.attention : 0;
      }),
    );
}
