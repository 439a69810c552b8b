import type { Command } from 'commander';
import { parseConnectionName, type RunCommand } from '../../command';
import { exitCodes } from '../../failures/opsError';

const help = `
Checks the caller, the clock, parameters, secret, token, keys, versions, function, schedule, queue and
dead letters, the permissions of the function's role, the hosts, the account's Lambda limit, the alarms
in the state ALARM, and whether Lambda throttles the function; of a fleet also its schedule.
Nothing is changed. No client secret is read; the access token is sent to Marketing Cloud's REST
host alone. Exit code 4 unless all is well: a warning asks for attention too.

Examples:
  npm run ops -- doctor --before-deploy
  npm run ops -- doctor example
  npm run ops -- doctor --json | jq '.checks[] | select(.verdict == "fail")'`;

/** With --json an `Examination`, and `ok` if nothing needs attention. */
export function addDoctorCommand(program: Command, run: RunCommand): void {
  program
    .command('doctor')
    .description('Check everything that a connection needs, each with a remedy')
    .argument('[name]', 'a connection; all of them if it is left out', parseConnectionName)
    .option('--before-deploy', 'look at the account alone: who asks, the clock, limits')
    .addHelpText('after', help)
    .action((name: string | undefined, options: { beforeDeploy?: true }, command: Command) =>
      run(command, async (context) => {
        const [{ examine, examineAccount }, { formatExamination }, { isHealthy }] =
          await Promise.all([import('./examine'), import('./format'), import('./check')]);
        const examination = await (options.beforeDeploy
          ? examineAccount(context)
          : examine(context, name));
        const ok = examination.checks.every(isHealthy);
        const result = { ...examination, ok };
        context.terminal.result(result, () => formatExamination(examination, context.terminal), {
          hasHeader: true,
        });
        return ok ? 0 : exitCodes.attention;
      }),
    );
}
