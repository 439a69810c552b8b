import type { Command } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';

const help = `
Takes back what stage-secret has stored. The rotator goes on with the present client secret; if
Marketing Cloud takes the staged one alone by now, promote it instead.

Example:
  npm run ops -- unstage-secret example --dry-run`;

/** With --json: an `UnstageResult`. */
export function addUnstageSecretCommand(program: Command, run: RunCommand): void {
  program
    .command('unstage-secret')
    .description('Delete the staged client secret')
    .argument('<name>', 'the connection', parseConnectionName)
    .option('--dry-run', 'say what would be deleted, and delete nothing')
    .addHelpText('after', help)
    .action((name: string, options: { dryRun?: true }, command: Command) =>
      run(command, async (context) => {
        const { formatUnstaged, unstageSecret } = await import('./unstageSecret');
        const result = await unstageSecret(context, name, { isDryRun: options.dryRun === true });
        context.terminal.result(result, () => formatUnstaged(result));
        return 0;
      }),
    );
}
