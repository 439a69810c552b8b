import type { Command } from 'commander';
import { parseConnectionName } from '../connection/chosenConnections';
import { examine } from '../doctor/examine';
import { tell } from '../doctor/tell';
import { exitCodes } from '../failures/opsError';
import type { Run } from '../program';

const help = `
Checks the caller, the clock, parameters, secret, token, keys, versions, function, schedule, the
permissions of the function's role, and the hosts; of a fleet also schedule, queue and dead letters.
Nothing is changed. No client secret is read; the access token is sent to Marketing Cloud's REST
host alone. Exit code 4 if any check fails.

Examples:
  npm run ops -- doctor example
  npm run ops -- doctor --json | jq '.checks[] | select(.verdict == "fail")'`;

/** With --json: `{"checks": Check[], "ok": boolean}`; `ok` where none has failed. */
export function addDoctorCommand(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('Check everything that a connection needs, each with a remedy')
    .argument('[name]', 'a connection; all of them where it is left out', parseConnectionName)
    .addHelpText('after', help)
    .action((name: string | undefined, _options, command: Command) =>
      run(command, async (context) => {
        const checks = await examine(context, name);
        const ok = checks.every(({ verdict }) => verdict !== 'fail');
        context.terminal.result({ checks, ok }, () => tell(checks, context.terminal));
        return ok ? 0 : exitCodes.attention;
      }),
    );
}
