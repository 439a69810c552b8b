import type { Command } from 'commander';
import type { RunCommand } from '../../command';

const help = `
A connection is listed as soon as it has a config, seeded or not.

Examples:
  npm run ops -- list
  npm run ops -- list --json | jq -r '.connections[].name'`;

/** With --json: `{"connections": FoundConnection[]}`. */
export function addListCommand(program: Command, run: RunCommand): void {
  program
    .command('list')
    .description('List the connections of the Region: every parameter /sfmc/NAME/config')
    .addHelpText('after', help)
    .action((_options, command: Command) =>
      run(command, async (context) => {
        const { findConnections } = await import('../../connection/registry');
        const connections = await findConnections(context);
        context.terminal.result(
          { connections },
          () =>
            connections.length > 0
              ? context.terminal.table(
                  ['connection', 'authBaseUrl', 'clientId', 'onBrokenChain'],
                  connections.map(({ name, config }) => [
                    name,
                    config?.authBaseUrl ?? 'its config is not valid',
                    config?.clientId ?? '',
                    config?.onBrokenChain ?? '',
                  ]),
                )
              : 'There is no connection in this Region.',
          { hasHeader: true },
        );
        return 0;
      }),
    );
}
