import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RotationResult } from '../../lambda/rotator/rotation';
import { FunctionError } from '../../local/lambda/functionError';
import { type ConnectionOptions, LambdaWorld } from '../support/lambdaWorld';
import { minuteMs } from '../support/simulatedClock';
import type { StoredConnection } from '../support/storedConnection';
import { canaries, canaryIn } from './canaries';
import { recordWrites } from './wire';

export interface Invocation {
  /** Once this is so, the invocation is left no more time. */
  readonly late?: () => boolean;
  /** @default 40,000 */
  readonly timeoutMs?: number;
}

/**
 * The built function, whose every token, client secret and credential is a canary, in a hurry (see
 * bundle/index.mjs) and as talkative as it can be made. Keeps all that leaves it.
 */
export class LeakWorld {
  /** How each invocation ended: its outcome, or the name of its error. */
  readonly ends: string[] = [];
  readonly #answers: string[] = [];
  readonly #writes: () => string[];
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
        ...env,
      },
    });
    return new LeakWorld(world, canary);
  }

  get connection(): string {
    return `acme-${this.#connections}`;
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

  async invoke(
    event: unknown = { connection: this.connection },
    { late, timeoutMs = 40_000 }: Invocation = {},
  ): Promise<void> {
    let hasEnded = false;
    const invocation = this.world.lambda
      .invoke<RotationResult>(event, { timeoutMs })
      .then(
        (result) => this.#keep(result.outcome, result),
        (error) => this.#keepError(error),
      )
      .finally(() => {
        hasEnded = true;
      });
    while (late && !hasEnded && !late()) await sleep(4);
    if (late && !hasEnded) this.world.advance(timeoutMs + minuteMs);
    await invocation;
  }

  /** One of the steps of Secrets Manager's own rotation. */
  step(Step: string, ClientRequestToken: string, invocation?: Invocation): Promise<void> {
    const event = { Step, SecretId: `sfmc/${this.connection}`, ClientRequestToken };
    return this.invoke(event, invocation);
  }

  /** Every place where a canary was seen, with what stands around it. */
  leaks(): string[] {
    const places: Record<string, readonly string[]> = {
      'log line': this.world.lambda.logs,
      answer: this.#answers,
      'request to a store': this.#writes(),
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

  #keep(end: string, answer: object): void {
    this.ends.push(end);
    this.#answers.push(JSON.stringify(answer));
  }

  #keepError(error: unknown): void {
    if (!(error instanceof FunctionError)) throw error;
    const { errorType, errorMessage, trace } = error;
    this.#keep(errorType, { errorType, errorMessage, trace });
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

/** Names and contents of all files below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const file = path.join(folder, name);
    return statSync(file).isFile() ? [`${name}: ${readFileSync(file, 'utf8')}`] : [name];
  });
}
