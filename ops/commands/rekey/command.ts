import type { Command } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import { exitCodes } from '../../failures/opsError';
import { dryRunOption } from '../dryRun';

const help = `
After another kmsKeyArn was deployed, or none: rewrites under the present key what is still under an
earlier customer key, so that the earlier one can go. Token sets stay as they are: Secrets Manager
encrypts them itself. It may run beside rotations, and again at any time.

Exit code 4 while something is left under another key; the result says what ends that.

Examples:
  npm run ops -- rekey --dry-run
  npm run ops -- rekey example
  npm run ops -- rekey`;

/** With --json: a `RekeyResult`. */
export function addRekeyCommand(program: Command, run: RunCommand): void {
  program
    .command('rekey')
    .description('Rewrite what is under an earlier customer key')
    .argument('[name]', 'a connection; all of them if it is left out', parseConnectionName)
    .option(...dryRunOption)
    .addHelpText('after', help)
    .action((name: string | undefined, options: { dryRun?: true }, command: Command) =>
      run(command, async (context) => {
        const [{ rekey }, { formatRekeyed }] = await Promise.all([
          import('./rekey'),
          import('./format'),
        ]);
        const result = await rekey(context, name, { isDryRun: options.dryRun === true });
        context.terminal.result(result, () => formatRekeyed(result, context.terminal), {
          hasHeader: true,
        });
        const isDone = result.connections.every(
          ({ left, problem }) => left.length === 0 && !problem,
        );
        return isDone ? 0 : exitCodes.attention;
      }),
    );
}
