import type { Command } from 'commander';
import { parseConnectionName } from '../../connection/chosenConnections';
import { exitCodes } from '../../failures/opsError';
import type { Run } from '../../program';
import { recover } from './recover';
import { diagnosisLines, findingLines } from './report';

const help = `
Shows what the secret's versions and the escrow hold, by fingerprint, says what is the matter, and
goes through the steps with you, asking before each. Without a terminal, or with --json, it says
what is the matter and which command to give.

Examples:
  npm run ops -- recover example
  npm run ops -- recover example --json`;

/** With --json: a {@link RecoverResult}. */
export function addRecoverCommand(program: Command, run: Run): void {
  program
    .command('recover')
    .description('Find out why a chain is broken, and mend it step by step')
    .argument('<name>', 'the connection', parseConnectionName)
    .addHelpText('after', help)
    .action((name: string, _options, command: Command) =>
      run(command, async (context) => {
        const { terminal, prompts, clock } = context;
        const result = await recover(context, name);
        const isTold = prompts.isPossible && !terminal.json;
        if (!isTold) {
          terminal.result(result, () => [
            ...findingLines(result, clock.now(), terminal),
            ...diagnosisLines(result, terminal),
          ]);
        }
        return result.diagnosis === 'ok' ? 0 : exitCodes.attention;
      }),
    );
}
