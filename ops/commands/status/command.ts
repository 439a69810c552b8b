import { type Command, Option } from 'commander';
import { parseConnectionName, parseSeconds, type RunCommand } from '../../command';
import { exitCodes } from '../../failures/opsError';
import type { ConnectionStatus, StatusResult } from './status';

const help = `
Verdicts: ok; attention, something is to be done or looked at; broken, there is no valid token or
soon will be none. The doctor goes by the same. Exit code 4 unless all are ok, and if there is no
connection. No client secret is read.

Of a fleet's connections, the last error is that of the last hour.

Examples:
  npm run ops -- status
  npm run ops -- status example
  npm run ops -- status --attention
  npm run ops -- status --json | jq '.connections[] | select(.verdict != "ok")'`;

const defaultWatchSeconds = 10;
const leastWatchSeconds = 2;

/** With --json: a {@link StatusResult}; with --watch one after the other. */
export function addStatusCommand(program: Command, run: RunCommand): void {
  program
    .command('status')
    .description('Show how long tokens are fresh, and whether anything needs attention')
    .argument('[name]', 'a connection; all of them if it is left out', parseConnectionName)
    .addOption(new Option('--attention', 'show only connections that are not ok'))
    .option(
      '--watch [seconds]',
      `look again every so many seconds, or every ${defaultWatchSeconds}, until Ctrl-C`,
      parseSeconds(leastWatchSeconds),
    )
    .addHelpText('after', help)
    .action(
      (
        name: string | undefined,
        options: { attention?: true; watch?: number | true },
        command: Command,
      ) =>
        run(command, async (context) => {
          const { clock, terminal } = context;
          const isShown = ({ verdict }: ConnectionStatus) => !options.attention || verdict !== 'ok';
          const [{ statusOf }, { formatAll, formatAttention, formatStatus }] = await Promise.all([
            import('./status'),
            import('./format'),
          ]);
          const format = (result: StatusResult) => {
            const [only] = result.connections;
            if (name !== undefined && only) return formatStatus(only, terminal, clock.now());
            if (options.attention) return formatAttention(result, terminal, clock.now());
            return formatAll(result.connections, terminal, clock.now());
          };
          if (options.watch) {
            const seconds = options.watch === true ? defaultWatchSeconds : options.watch;
            const { watchStatus } = await import('./watch');
            await watchStatus(context, () => statusOf(context, name, isShown), { seconds, format });
          }
          const result = await statusOf(context, name, isShown);
          const { connections } = result;
          terminal.result(result, () => format(result), { hasHeader: true });
          const isHealthy =
            result.total > 0 && connections.every(({ verdict }) => verdict === 'ok');
          return isHealthy ? 0 : exitCodes.attention;
        }),
    );
}
