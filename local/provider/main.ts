import { parseArgs } from 'node:util';
import { secondUses } from './refreshTokens';
import {
  type ProviderSimulator,
  type ProviderSimulatorOptions,
  startProviderSimulator,
} from './server';

const helpText = `Simulates Salesforce Marketing Cloud's legacy token endpoint on 127.0.0.1.

  npm run --silent sfmc-simulator -- [--port N] [--second-use ANSWER] [--reuse-window-seconds N]

  --port N             listen on port N (default: a free one)
  --second-use ANSWER  what a second use of a refresh token within five minutes does:
                       ${secondUses.join(', ')} (default: ${secondUses[0]})
  --reuse-window-seconds N
                       how long a refresh token stays usable after its first use (default: 300)
  --help               this text

Prints one JSON line: url, clientId, clientSecret, refreshToken. Runs until SIGINT or SIGTERM.
Controls: POST /_control/faults, /_control/clock, /_control/second-use; GET /_control/state.
`;

/** @throws Error, with a message for the user, if the options are not understood. */
function parseOptions(args: string[]): ProviderSimulatorOptions | 'help' {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      port: { type: 'string' },
      'second-use': { type: 'string' },
      'reuse-window-seconds': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const port = values.port ?? '0';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new Error(`--port must be a number from 0 to 65535, not '${port}'`);
  }
  const wanted = values['second-use'] ?? secondUses[0];
  const secondUse = secondUses.find((known) => known === wanted);
  if (secondUse === undefined) {
    throw new Error(`--second-use must be one of ${secondUses.join(', ')}, not '${wanted}'`);
  }
  const seconds = values['reuse-window-seconds'];
  if (seconds !== undefined && !(Number(seconds) > 0)) {
    throw new Error(`--reuse-window-seconds must be a number above 0, not '${seconds}'`);
  }
  const reuseWindowMs = seconds === undefined ? undefined : Number(seconds) * 1000;
  return { port: Number(port), secondUse, reuseWindowMs };
}

async function main(): Promise<void> {
  let options: ProviderSimulatorOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    return fail(2, error);
  }
  if (options === 'help') {
    process.stdout.write(helpText);
    return;
  }
  let simulator: ProviderSimulator;
  try {
    simulator = await startProviderSimulator(options);
  } catch (error) {
    const isInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    return fail(1, isInUse ? `port ${options.port} of 127.0.0.1 is in use; choose another` : error);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void simulator.close());
  }
  const { url, clientId, clientSecret, refreshToken } = simulator;
  console.log(JSON.stringify({ url, clientId, clientSecret, refreshToken }));
}

function fail(exitCode: number, reason: unknown): void {
  const message = reason instanceof Error ? reason.message : String(reason);
  // parseArgs explains some mistakes over several lines; the first one names the mistake.
  console.error(`sfmc-simulator: ${message.split('\n', 1)[0]}`);
  process.exitCode = exitCode;
}

void main();
