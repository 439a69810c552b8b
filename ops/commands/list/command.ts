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
        const { list } = await import('./list');
        await list(context);
        return 0;
      }),
    );
}
