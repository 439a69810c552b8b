import { type Command, InvalidArgumentError } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import type { Context } from '../../context';
import { timeText } from '../../terminal/text';
import { dryRunOption, printDryRun } from '../dryRun';
import type { RemoveResult } from './remove';

const help = `
Deletes the schedule, if there is one, and the config, so that no rotation begins any more; waits for
one that may be under way; brings a token set that is parked in the escrow into the secret; marks the
secret for deletion; deletes escrow and client secrets. After an interruption, run it again.

A connection of a stack is refused: take it out of cdk.json and deploy first. The package in Marketing
Cloud stays as it is: what was granted to it ends when it is uninstalled there.

Nothing is taken out of the queue. What is still in it for the connection ends by itself within 20
minutes; a message that fails meanwhile ends in the dead-letter queue, whose alarm goes into ALARM.

Examples:
  npm run ops -- remove example
  npm run ops -- remove example --dry-run
  npm run ops -- remove example --recovery-days 7 --yes`;

/** With --json: a {@link RemoveResult}. */
export function addRemoveCommand(program: Command, run: RunCommand): void {
  program
    .command('remove')
    .description('Retire a connection; its secret can be restored for some weeks')
    .argument('<name>', 'the connection', parseConnectionName)
    .option('--recovery-days <days>', 'how long the secret can be restored', parseDays, 30)
    .option('--yes', 'do not ask')
    .option(...dryRunOption)
    .addHelpText('after', help)
    .action(
      (
        name: string,
        options: { recoveryDays: number; yes?: true; dryRun?: true },
        command: Command,
      ) =>
        run(command, async (context) => {
          const { recoveryDays, yes = false } = options;
          const { remove, removalPlan } = await import('./remove');
          if (options.dryRun) {
            return printDryRun(context, name, await removalPlan(context, name, recoveryDays));
          }
          const result = await remove(context, name, { recoveryDays, isConfirmed: yes });
          context.terminal.result(result, () => formatRemoval(result, context));
          return 0;
        }),
    );
}

/** As Secrets Manager allows it (API reference, DeleteSecret). */
function parseDays(text: string): number {
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 7 && days <= 30) return days;
  throw new InvalidArgumentError('It must be a whole number of days from 7 to 30.');
}

function formatRemoval(
  { connection, removed, secret, undo }: RemoveResult,
  { clock, terminal }: Context,
): string[] {
  const headline =
    removed.length > 0 ? `Removed ${connection}.` : `Nothing is left to remove of ${connection}.`;
  if (secret === null) return [terminal.paint(headline, 'good'), 'There is no secret to restore.'];
  const at = timeText(Date.parse(secret.deletionAt), clock.now());
  return [
    terminal.paint(headline, 'good'),
    `The secret ${secret.id} is deleted for good ${at}.`,
    'Until then, this brings it back; it asks for the client secret:',
    ...undo.map((command) => `  ${command}`),
  ];
}
