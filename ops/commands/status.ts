import { type Command, Option } from 'commander';
import { chosenConnections, parseConnectionName } from '../connection/chosenConnections';
import { inParallel } from '../connection/concurrency';
import type { Context } from '../context';
import { exitCodes } from '../failures/opsError';
import type { Run } from '../program';
import { type ConnectionStatus, connectionStatus } from '../status/connectionStatus';
import { connectionObserver } from '../status/observe';
import { registeredConnections } from '../status/registered';
import { tellAll, tellAttention, tellOne } from '../status/tell';
import { ConnectionProgress } from '../terminal/spinner';

const help = `
Verdicts: ok; attention, something is to be done or looked at; broken, there is no valid token or
soon will be none. Exit code 4 unless all are ok. No client secret is read.

Of a fleet's connections, the last error is that of the last hour. Without NAME, thousands of them
take minutes: half of Parameter Store's default throughput is left to the rotator.

Examples:
  npm run ops -- status
  npm run ops -- status example
  npm run ops -- status --attention
  npm run ops -- status --json | jq '.connections[] | select(.verdict != "ok")'`;

/** At a time: a shell's user shares the account's rates with the rotator itself. */
const width = 10;

/** What `status --json` prints. */
export interface StatusResult {
  /** By name; with --attention those that are not ok. */
  readonly connections: readonly ConnectionStatus[];
  /** How many were looked at. */
  readonly total: number;
}

/** With --json: a {@link StatusResult}. */
export function addStatusCommand(program: Command, run: Run): void {
  program
    .command('status')
    .description('Show how long tokens are fresh, and whether anything needs attention')
    .argument('[name]', 'a connection; all of them where it is left out', parseConnectionName)
    .addOption(new Option('--attention', 'show only connections that are not ok'))
    .addHelpText('after', help)
    .action((name: string | undefined, options: { attention?: true }, command: Command) =>
      run(command, async (context) => {
        const { clock, terminal } = context;
        const isShown = ({ verdict }: ConnectionStatus) => !options.attention || verdict !== 'ok';
        const result = await statusOf(context, name, isShown);
        const { connections } = result;
        terminal.result(result, () => {
          const [only] = connections;
          if (name !== undefined && only) return tellOne(only, terminal, clock.now());
          if (options.attention) return tellAttention(result, terminal, clock.now());
          return tellAll(connections, terminal, clock.now());
        });
        return connections.every(({ verdict }) => verdict === 'ok') ? 0 : exitCodes.attention;
      }),
    );
}

/** Of each connection only its status is kept, and that only if it is shown. */
async function statusOf(
  context: Context,
  name: string | undefined,
  isShown: (status: ConnectionStatus) => boolean,
): Promise<StatusResult> {
  const progress = new ConnectionProgress(context.terminal);
  try {
    const looked =
      name === undefined
        ? await registeredConnections(context, (count) => progress.found(count))
        : (await chosenConnections(context, name)).map((each) => ({ name: each }));
    if (name === undefined) progress.found(looked.length);
    const observe = connectionObserver(context, looked.length === 1 ? looked[0]?.name : undefined);
    const statuses = await inParallel(looked, width, async (each) => {
      const status = connectionStatus(await observe(each), context.clock.now());
      progress.count();
      return isShown(status) ? status : undefined;
    });
    return {
      connections: statuses.filter((status) => status !== undefined),
      total: looked.length,
    };
  } finally {
    progress.stop();
  }
}
