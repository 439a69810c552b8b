import type { Command } from 'commander';
import { chosenConnections, parseConnectionName } from '../connectionName';
import type { Context } from '../context';
import { exitCodes } from '../exitCodes';
import type { Run } from '../program';
import { type ConnectionStatus, connectionStatus } from '../status/connectionStatus';
import { observeAll } from '../status/observe';
import { connectionCounter } from '../status/spinner';
import { tellAll, tellOne } from '../status/tell';

const help = `
Verdicts: ok; attention, something is to be done or looked at; broken, there is no valid token or
soon will be none. Exit code 4 unless all are ok. No client secret is read.

Examples:
  npm run ops -- status
  npm run ops -- status example
  npm run ops -- status --json | jq '.connections[] | select(.verdict != "ok")'`;

/** With --json: `{"connections": ConnectionStatus[]}`. */
export function addStatusCommand(program: Command, run: Run): void {
  program
    .command('status')
    .description('Show how long tokens are fresh, and whether anything needs attention')
    .argument('[name]', 'a connection; all of them where it is left out', parseConnectionName)
    .addHelpText('after', help)
    .action((name: string | undefined, _options, command: Command) =>
      run(command, async (context) => {
        const connections = await observe(context, name);
        const { clock, terminal } = context;
        terminal.result({ connections }, () => {
          const [only] = connections;
          return name !== undefined && only
            ? tellOne(only, terminal, clock.now())
            : tellAll(connections, terminal, clock.now());
        });
        return connections.every(({ verdict }) => verdict === 'ok') ? 0 : exitCodes.attention;
      }),
    );
}

async function observe(context: Context, name: string | undefined): Promise<ConnectionStatus[]> {
  const names = await chosenConnections(context, name);
  const counter = connectionCounter(context.terminal, names.length);
  try {
    const facts = await observeAll(context, names, counter.count);
    return facts.map((each) => connectionStatus(each, context.clock.now()));
  } finally {
    counter.stop();
  }
}
