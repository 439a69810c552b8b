import type { Command } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import { dryRunOption, printDryRun } from '../dryRun';
import type { StageResult } from './stageSecret';

const help = `
Asks for the new client secret, unseen, tries it and stores it beside the present one. The function
takes it up as soon as Marketing Cloud refuses the present one, so a change has no gap:
  1. Setup, Installed Packages, the package: stage a new client secret.
  2. Five minutes later: npm run ops -- stage-secret example
  3. Activate it in Marketing Cloud.
  4. npm run ops -- promote-secret example

--stdin takes the bare secret. A line end after it does no harm.

Examples:
  npm run ops -- stage-secret example
  password-manager read sfmc/example | npm run ops -- stage-secret example --stdin`;

/** With --json: a {@link StageResult}. */
export function addStageSecretCommand(program: Command, run: RunCommand): void {
  program
    .command('stage-secret')
    .description('Store a new client secret beside the present one')
    .argument('<name>', 'the connection', parseConnectionName)
    .option('--stdin', 'read the bare client secret from standard input')
    .option('--untried', 'store it without trying it, as Marketing Cloud does not take it yet')
    .option(...dryRunOption)
    .addHelpText('after', help)
    .action(
      (name: string, options: { stdin?: true; untried?: true; dryRun?: true }, command: Command) =>
        run(command, async (context) => {
          const { stdin = false, untried = false } = options;
          const { formatStaged, stageSecret, stagingPlan } = await import('./stageSecret');
          const how = { fromStdin: stdin, untried };
          if (options.dryRun) {
            return printDryRun(context, name, await stagingPlan(context, name, how));
          }
          const result = await stageSecret(context, name, how);
          context.terminal.result(result, () => formatStaged(result, context));
          return 0;
        }),
    );
}
