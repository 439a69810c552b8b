import type { Command } from 'commander';
import type { RunCommand } from '../../command';

const help = `
A connection is listed as soon as it has a config, seeded or not. What is left of one without a config,
as after an interruption of remove or seed, is named below.

Examples:
  npm run ops -- list
  npm run ops -- list --json | jq -r '.connections[].name'`;

/** With --json: `{"connections": FoundConnection[], "leftovers": Leftover[] | null}`. */
export function addListCommand(program: Command, run: RunCommand): void {
  program
    .command('list')
    .description('List the connections of the Region: every parameter /sfmc/NAME/config')
    .addHelpText('after', help)
    .action((_options, command: Command) =>
      run(command, async (context) => {
        const [
          { findConnections, findSecureParameters, leftoversOf },
          { attempt, known },
          { formatLeftovers },
        ] = await Promise.all([
          import('../../connection/registry'),
          import('../../connection/reading'),
          import('./leftovers'),
        ]);
        const [connections, secure] = await Promise.all([
          findConnections(context),
          attempt('ssm:DescribeParameters', () => findSecureParameters(context)),
        ]);
        const leftovers = secure.known ? known(leftoversOf(secure.value, connections)) : secure;
        context.terminal.result(
          { connections, leftovers: leftovers.known ? leftovers.value : null },
          () => [
            ...(connections.length > 0
              ? context.terminal.table(
                  ['connection', 'authBaseUrl', 'clientId', 'onBrokenChain'],
                  connections.map(({ name, config }) => [
                    name,
                    config?.authBaseUrl ?? 'its config is not valid',
                    config?.clientId ?? '',
                    config?.onBrokenChain ?? '',
                  ]),
                )
              : ['There is no connection in this Region.']),
            ...formatLeftovers(leftovers, context.terminal),
          ],
          { hasHeader: true },
        );
        return 0;
      }),
    );
}
