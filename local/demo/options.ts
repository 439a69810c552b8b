import { parseArgs } from 'node:util';

/** Where `npm run ops -- --local` looks. */
export const defaultPort = 4566;
const defaultPaceSeconds = 30;
/** A cold start and a rotation fit on a busy machine. */
const leastPaceSeconds = 4;
const mostPaceSeconds = 300;

export const help = `A local world that stays: AWS and Marketing Cloud on 127.0.0.1, and the connection "example" with
its schedule running, through the queue to the built function. Needs no account.

  npm run demo
  npm run demo -- [--port N] [--provider-port N] [--pace SECONDS]

  --port N           the port of AWS (default: ${defaultPort}, where "npm run ops -- --local" looks)
  --provider-port N  the port of Marketing Cloud (default: a free one)
  --pace SECONDS     from one rotation to the next, about (default: ${defaultPaceSeconds})
  --help             this text

Deployed, a connection is rotated every 20 minutes. Here its schedule is a time lapse: at each tick
the stored token set is made 5 minutes older, and all clocks stay right. Prints what to type next.
Ctrl-C ends it, and nothing is kept.
`;

export interface DemoOptions {
  readonly port: number;
  readonly providerPort: number;
  readonly paceMs: number;
}

/** @throws Error, with a message for the user, if the options are not understood. */
export function parseDemoOptions(args: string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      port: { type: 'string', default: String(defaultPort) },
      'provider-port': { type: 'string', default: '0' },
      pace: { type: 'string', default: String(defaultPaceSeconds) },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const paceSeconds = Number(values.pace);
  if (!(paceSeconds >= leastPaceSeconds && paceSeconds <= mostPaceSeconds)) {
    throw new Error(
      `--pace must be a number of seconds from ${leastPaceSeconds} to ${mostPaceSeconds}, not '${values.pace}'`,
    );
  }
  return {
    port: portOf('--port', values.port),
    providerPort: portOf('--provider-port', values['provider-port']),
    paceMs: paceSeconds * 1_000,
  };
}

function portOf(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new Error(`${option} must be a number from 0 to 65535, not '${text}'`);
}
