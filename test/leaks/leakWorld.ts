import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { functionTimeoutMs } from '../../lambda/core/limits';
import { FunctionError } from '../../local/aws/lambda/functionError';
import { hurried } from '../lambda/rotator/builtFunction/queueOfOne';
import { type ConnectionOptions, type DeliveryOptions, LambdaWorld } from '../support/lambdaWorld';
import { minuteMs } from '../support/simulatedClock';
import type { StoredConnection } from '../support/storedConnection';
import { canaries, canaryIn } from './canaries';
import { recordWrites, type Writes } from './wire';

export interface InvocationOptions {
  /** Once this is so, the invocation is left no more time. */
  readonly late?: (() => boolean) | undefined;
  /** @default as the stack has it */
  readonly timeoutMs?: number | undefined;
}

/**
 * The built function, whose every token, client secret and credential is a canary, in a hurry (see
 * bundle/index.mjs) and as talkative as it can be made. Keeps all that leaves it.
 */
export class LeakWorld {
  readonly #answers: string[] = [];
  readonly #writes: () => Writes;
  #connections = 0;

  private constructor(
    readonly world: LambdaWorld,
    /** Makes a new one. */
    readonly canary: () => string,
  ) {
    this.#writes = recordWrites(world.aws);
  }

  /** `env` goes before the environment that the function has otherwise. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<LeakWorld> {
    const canary = canaries();
    // The client id, which the simulator draws first, is no secret.
    const plain = ['client-id'];
    const world = await LambdaWorld.start({
      nextId: () => plain.pop() ?? canary(),
      bundleDir: path.join(__dirname, 'bundle'),
      env: {
        AWS_SECRET_ACCESS_KEY: canary(),
        AWS_SESSION_TOKEN: canary(),
        POWERTOOLS_LOG_LEVEL: 'DEBUG',
        POWERTOOLS_LOGGER_LOG_EVENT: 'true',
        ROTATED_EVENTS: 'true',
        ...env,
      },
    });
    return new LeakWorld(world, canary);
  }

  get connection(): string {
    return `acme-${this.#connections}`;
  }

  /** Of the function's queue. */
  get queueArn(): string {
    return this.world.deployment?.rotatorVariables().QUEUE_ARN ?? '';
  }

  /** A new connection, which the invocations that follow are about. */
  connect(options: ConnectionOptions = {}): StoredConnection {
    this.#connections += 1;
    return this.world.connect(this.connection, options);
  }

  /** A token set that the provider has just issued, in a chain of its own. */
  tokenSet(): string {
    const { model } = this.world.provider;
    return this.world.refreshed(model.startChain('user', this.world.now()), 0);
  }

  /** Has the function invoked directly, as a person or Secrets Manager does it. */
  invoke(
    event: unknown = { connection: this.connection },
    invocation: InvocationOptions = {},
  ): Promise<void> {
    return this.#run(invocation, (timeoutMs) => this.world.lambda.invoke(event, { timeoutMs }));
  }

  /** Gives the function a message of the connection as its queue does. */
  deliver({
    late,
    timeoutMs,
    ...message
  }: InvocationOptions & Omit<DeliveryOptions, 'timeoutMs'> = {}): Promise<void> {
    return this.#run({ late, timeoutMs }, (timeoutMs) =>
      this.world.deliver(this.connection, { ...message, timeoutMs }),
    );
  }

  /** One of the steps of Secrets Manager's own rotation. */
  step(Step: string, ClientRequestToken: string, invocation?: InvocationOptions): Promise<void> {
    const event = { Step, SecretId: `sfmc/${this.connection}`, ClientRequestToken };
    return this.invoke(event, invocation);
  }

  /** Every place where a canary was seen, with what stands around it. */
  leaks(): string[] {
    const { stores, messages, events } = this.#writes();
    const places: Record<string, readonly string[]> = {
      'log line': this.world.lambda.logs,
      answer: this.#answers,
      'request to a store': stores,
      'message to the queue': messages,
      'event on the bus': events,
      'temporary file': filesIn(this.world.folder),
      'metadata of a store': this.#metadata(),
    };
    return Object.entries(places).flatMap(([place, texts]) =>
      texts.flatMap((text) => {
        const found = canaryIn(text);
        return found === undefined ? [] : [`${place}: ${found}`];
      }),
    );
  }

  /** How the invocations ended, as the log has it: their outcomes, and the codes of their errors. */
  ends(): string[] {
    return this.world.lambda.logs.flatMap((line) => {
      const { level, outcome, code } = parse(line);
      if (level === 'ERROR') return code ?? [];
      return level === 'INFO' ? (outcome ?? []) : [];
    });
  }

  /** How much it has sent to its queue and its event bus. */
  sent(): { readonly messages: number; readonly events: number } {
    const { messages, events } = this.#writes();
    return { messages: messages.length, events: events.length };
  }

  async #run(
    { late, timeoutMs = functionTimeoutMs }: InvocationOptions,
    invoke: (timeoutMs: number) => Promise<unknown>,
  ): Promise<void> {
    let hasEnded = false;
    const invocation = hurried(this.world, () => invoke(timeoutMs))
      .then((answer) => this.#keep(answer))
      .catch((error) => this.#keepError(error))
      .finally(() => {
        hasEnded = true;
      });
    while (late && !hasEnded && !late()) await sleep(4);
    if (late && !hasEnded) this.world.advance(timeoutMs + minuteMs);
    await invocation;
  }

  #keep(answer: unknown): void {
    this.#answers.push(JSON.stringify(answer));
  }

  #keepError(error: unknown): void {
    if (!(error instanceof FunctionError)) throw error;
    const { errorType, errorMessage, trace } = error;
    this.#keep({ errorType, errorMessage, trace });
  }

  /** What may be listed by who may not read a value: descriptions, tags, labels, versions. */
  #metadata(): string[] {
    const { secretsManager, parameterStore } = this.world.aws;
    const names = Array.from({ length: this.#connections }, (_, index) => `acme-${index + 1}`);
    return names.map((name) => {
      const SecretId = `sfmc/${name}`;
      const ParameterFilters = [{ Key: 'Path', Values: [`/sfmc/${name}`] }];
      return JSON.stringify([
        secretsManager.describeSecret({ SecretId }),
        secretsManager.listSecretVersionIds({ SecretId, IncludeDeprecated: true }),
        parameterStore.describeParameters({ ParameterFilters }),
      ]);
    });
  }
}

interface Line {
  readonly level?: string;
  readonly outcome?: string;
  readonly code?: string;
}

function parse(line: string): Line {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

/** Names and contents of all files below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const file = path.join(folder, name);
    return statSync(file).isFile() ? [`${name}: ${readFileSync(file, 'utf8')}`] : [name];
  });
}
