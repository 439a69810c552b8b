import type { Command } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import { dryRunOption, printDryRun } from '../dryRun';
import type { PromoteResult } from './promoteSecret';

const help = `
Tries the staged client secret, puts it in the place of the present one, then removes the staged
copy. Run again after an interruption, it finishes.

Example:
  npm run ops -- promote-secret example`;

/** With --json: a {@link PromoteResult}. */
export function addPromoteSecretCommand(program: Command, run: RunCommand): void {
  program
    .command('promote-secret')
    .description('Put the staged client secret in the place of the present one')
    .argument('<name>', 'the connection', parseConnectionName)
    .option(...dryRunOption)
    .addHelpText('after', help)
    .action((name: string, options: { dryRun?: true }, command: Command) =>
      run(command, async (context) => {
        const { promoteSecret, promotionPlan } = await import('./promoteSecret');
        if (options.dryRun) {
          return printDryRun(context, name, await promotionPlan(context, name));
        }
        const result = await promoteSecret(context, name);
        const { terminal } = context;
        terminal.result(result, () => [
          terminal.paint(`Promoted the staged client secret of ${name}.`, 'good'),
          `It is in ${result.parameter}; the staged copy is gone.`,
          `Next: ${result.next}`,
        ]);
        return 0;
      }),
    );
}
