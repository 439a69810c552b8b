import { Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from '../../../lambda/effects/clock';
import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from '../../../local/aws/server';
import { seededIds } from '../../../local/provider/ids';
import { type ProviderSimulator, startProviderSimulator } from '../../../local/provider/server';
import { runOps } from '../../../ops/program';
import { closeAfterTest } from '../../support/closing';
import { SimulatedClock } from '../../support/simulatedClock';
import { StoredConnection } from '../../support/storedConnection';
import { TerminalSession } from './terminalSession';

/** What a command line came to. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, read as JSON. */
  json<T = Record<string, unknown>>(): T;
}

/**
 * The operator's program beside local endpoints, all on one simulated clock but what runs in a
 * process of its own. When the test ends, everything is closed, and all that was ever shown is
 * searched for tokens and client secrets.
 */
export class OpsWorld {
  readonly #shown: (() => string)[] = [];

  constructor(
    readonly clock: SimulatedClock,
    readonly aws: AwsLocal,
    readonly provider: ProviderSimulator,
    /** Makes a token or client secret that must never be shown. */
    readonly nextSecret: () => string,
    private readonly operatorClock: Clock,
  ) {}

  stored(connection = 'acme'): StoredConnection {
    return new StoredConnection(this.aws, connection);
  }

  /**
   * Runs a command line in this process, with `stdin` piped in.
   *
   * @param columns of the terminal that stands at its output; none by default
   */
  async run(argv: readonly string[], stdin = '', columns?: number): Promise<Ran> {
    const stdout = collector();
    const stderr = collector();
    for (const { stream } of columns === undefined ? [] : [stdout, stderr]) {
      Object.assign(stream, { isTTY: true, columns });
    }
    this.#shown.push(stdout.text, stderr.text);
    const exitCode = await runOps([...argv, ...this.#target()], {
      streams: { stdin: Readable.from([stdin]), stdout: stdout.stream, stderr: stderr.stream },
      env: { NO_COLOR: '1', CI: 'true' },
      clock: this.operatorClock,
    });
    const printed = stdout.text();
    return { exitCode, stdout: printed, stderr: stderr.text(), json: () => JSON.parse(printed) };
  }

  /** Starts a command line in a terminal of its own, where the clock is the system's. */
  open(argv: readonly string[], env: Readonly<Record<string, string>> = {}): TerminalSession {
    const session = new TerminalSession([...argv, ...this.#target()], env);
    this.#shown.push(() => session.raw + session.text);
    closeAfterTest(async () => {
      session.kill();
      await session.ended;
    });
    return session;
  }

  shown(): string {
    return this.#shown.map((text) => text()).join('\n');
  }

  #target(): string[] {
    return ['--local', '--endpoint-url', this.aws.url];
  }
}

/**
 * A config and a client secret are there unless set otherwise; the secret is not seeded yet. With
 * a clock of its own (`now`), the program takes its time from the system.
 */
export async function startOpsWorld(
  options: Pick<AwsLocalOptions, 'authorize' | 'function'> & { readonly now?: () => number } = {},
): Promise<OpsWorld> {
  const clock = new SimulatedClock();
  const now = options.now ?? clock.now;
  const secrets: string[] = [];
  const ids = seededIds(1);
  const nextSecret = () => {
    const id = ids();
    secrets.push(id);
    return id;
  };
  const provider = await startProviderSimulator({ nextId: nextSecret, now });
  closeAfterTest(() => provider.close());
  // The client id is no secret.
  secrets.shift();
  const aws = await startAwsLocal({ ...options, now });
  closeAfterTest(() => aws.close());
  const world = new OpsWorld(clock, aws, provider, nextSecret, options.now ? systemClock : clock);
  world.stored().put('{}');
  world.stored().configure({ authBaseUrl: provider.url, clientId: provider.clientId });
  world.stored().putParameter('client-secret', provider.clientSecret);
  closeAfterTest(() => {
    const shown = world.shown();
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  });
  return world;
}

function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
