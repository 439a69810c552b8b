import type { Command } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import { exitCodes } from '../../failures/opsError';

const help = `
Shows what the secret's versions and the escrow hold, by fingerprint, says what is the matter, and
goes through the steps with you, asking before each. Without a terminal, or with --json, it says
what is the matter and which command to give.

Examples:
  npm run ops -- recover example
  npm run ops -- recover example --json`;

/** With --json: a {@link RecoverResult}. */
export function addRecoverCommand(program: Command, run: RunCommand): void {
  program
    .command('recover')
    .description('Find out why a chain is broken, and repair it step by step')
    .argument('<name>', 'the connection', parseConnectionName)
    .addHelpText('after', help)
    .action((name: string, _options, command: Command) =>
      run(command, async (context) => {
        const { terminal, prompts, clock } = context;
        const [{ recover }, { formatDiagnosis, formatFacts }] = await Promise.all([
          import('./recover'),
          import('./report'),
        ]);
        const result = await recover(context, name);
        const isShown = prompts.isPossible && !terminal.json;
        if (!isShown) {
          terminal.result(
            result,
            () => [
              ...formatFacts(result, clock.now(), terminal),
              ...formatDiagnosis(result, terminal),
            ],
            { hasHeader: true },
          );
        }
        return result.diagnosis === 'ok' ? 0 : exitCodes.attention;
      }),
    );
}
