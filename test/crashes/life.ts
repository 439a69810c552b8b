import { setTimeout as sleep } from 'node:timers/promises';
import type { RotationResult } from '../../lambda/rotator/rotation';
import { FunctionError } from '../../local/lambda/functionError';
import type { SecondUse } from '../../local/provider/refreshTokens';
import { LambdaWorld } from '../support/lambdaWorld';
import { minuteMs } from '../support/simulatedClock';
import type { StoredConnection } from '../support/storedConnection';
import { type Call, type Crash, type Moment, type Scene, scenes } from './crash';

/** How far the killed invocation came. */
export interface Reached {
  readonly answered: boolean;
  /** The provider has used up the refresh token. */
  readonly consumed: boolean;
  /** The successor is AWSCURRENT, or in the escrow. */
  readonly stored: boolean;
}

/** What an invocation left behind. */
export interface Aftermath {
  /** The outcome, or the error with its message. */
  readonly outcome: string;
  /** Whether AWSCURRENT's refresh token is accepted, now and after any 5 minutes. */
  readonly chain: 'alive' | 'ending' | 'dead';
  readonly accessToken: 'valid' | 'invalid';
  /** `ahead`: newer than AWSCURRENT. */
  readonly escrow: 'none' | 'behind' | 'ahead';
}

/** Whether readers and the next rotation find all that they need. */
export const isWhole = ({ outcome, chain, accessToken, escrow }: Aftermath): boolean =>
  ['fresh', 'rotated', 'recovered'].includes(outcome) &&
  chain === 'alive' &&
  accessToken === 'valid' &&
  escrow !== 'ahead';

const connection = 'acme';
/** Held back by every answer: far longer than a kill takes. */
const latencyMs = 20;

/** One connection from crash to crash, each invocation after a crash in a new process. */
export class Life {
  readonly #durationsMs = new Map<Scene, number>();

  private constructor(
    readonly world: LambdaWorld,
    readonly stored: StoredConnection,
  ) {}

  static async begin(secondUse: SecondUse): Promise<Life> {
    // A new access token that ends the previous one is the harder case for readers.
    const world = await LambdaWorld.start({ secondUse, latencyMs, newTokenEndsPrevious: true });
    const life = new Life(world, world.connect(connection));
    await life.tick();
    for (const scene of scenes) life.#durationsMs.set(scene, await life.#measureMs(scene));
    return life;
  }

  /** A schedule's invocation. */
  async tick(event: object = { connection }): Promise<Aftermath> {
    const outcome = await this.world.lambda.invoke<RotationResult>(event).then(
      (result) => result.outcome,
      (error: Error) => error.message,
    );
    return { outcome, ...this.#state() };
  }

  /** Lets an invocation be killed, then another one run in a new process. */
  async crash({ scene, moment, pauseMs, repeatsEvent }: Crash) {
    const heal = this.#prepare(scene);
    const { refreshToken = '' } = this.stored.current();
    const answered = await this.#invokeAndKill(scene, moment);
    const { state } = this.world.provider.model.refreshTokenState(refreshToken);
    const moved = this.stored.current().refreshToken !== refreshToken;
    const reached: Reached = {
      answered,
      consumed: state === 'used',
      stored: moved || this.#escrow() === 'ahead',
    };
    heal();
    this.world.advance(pauseMs);
    const aftermath = await this.tick(repeatsEvent ? eventOf(scene) : undefined);
    return { reached, aftermath };
  }

  /** Returns what lets Secrets Manager work again. */
  #prepare({ force, stores }: Scene): () => void {
    this.world.advance((force ? 6 : 25) * minuteMs);
    if (stores === 'parked') {
      const { refreshToken = '' } = this.stored.current();
      this.stored.putParameter('escrow', this.world.refreshed(refreshToken, 1 * minuteMs));
    }
    if (stores !== 'refusing') return () => {};
    const operation = 'PutSecretValue';
    return this.world.aws.orderFault({ operation, kind: 'unavailable', calls: 'untilCancelled' });
  }

  /** How long a scene takes undisturbed; where writes are refused, until the escrow is written. */
  async #measureMs(scene: Scene): Promise<number> {
    const heal = this.#prepare(scene);
    const beganAtMs = performance.now();
    const invocation = this.world.lambda.invoke(eventOf(scene));
    await (scene.stores === 'refusing' ? this.#arrival('PutParameter', invocation) : invocation);
    const durationMs = performance.now() - beganAtMs;
    heal();
    await invocation;
    return durationMs;
  }

  /** Returns whether the invocation had answered before the process was dead. */
  async #invokeAndKill(scene: Scene, moment: Moment): Promise<boolean> {
    const invocation = this.world.lambda.invoke(eventOf(scene));
    const answered = invocation.then(
      () => true,
      (error) => {
        if (error instanceof FunctionError && error.errorType === 'Runtime.ExitError') return false;
        throw error;
      },
    );
    const killed = (async () => {
      if ('call' in moment) await this.#arrival(moment.call, invocation);
      else await sleep(moment.share * (this.#durationsMs.get(scene) ?? 0));
      await this.world.lambda.kill();
    })();
    const [beforeDeath] = await Promise.all([answered, killed]);
    return beforeDeath;
  }

  /** Waits for a call, which takes effect as it arrives. Begins at once: no call is overlooked. */
  async #arrival(call: Call, invocation: Promise<unknown>): Promise<void> {
    const { aws, provider } = this.world;
    const [awsCalls, requests] = [aws.calls.length, provider.requests.length];
    const hasArrived = () =>
      call === 'requestToken'
        ? provider.requests.length > requests
        : aws.calls.slice(awsCalls).some(({ operation }) => operation === call);
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
    };
    invocation.then(end, end);
    while (!hasArrived()) {
      if (hasEnded) throw new Error(`the invocation ended without ${call}`);
      await sleep(1);
    }
  }

  #state(): Omit<Aftermath, 'outcome'> {
    const { model } = this.world.provider;
    const { accessToken = '', refreshToken = '' } = this.stored.current();
    const nowMs = this.world.now();
    const lasting = model.accepts(refreshToken, nowMs + 10 * minuteMs);
    const accepted = model.accepts(refreshToken, nowMs);
    return {
      chain: lasting ? 'alive' : accepted ? 'ending' : 'dead',
      accessToken: model.isAccessTokenValid(accessToken, nowMs) ? 'valid' : 'invalid',
      escrow: this.#escrow(),
    };
  }

  #escrow(): Aftermath['escrow'] {
    const text = this.stored.escrow();
    if (text === undefined) return 'none';
    return JSON.parse(text).issuedAt > (this.stored.current().issuedAt ?? '') ? 'ahead' : 'behind';
  }
}

const eventOf = ({ force }: Scene) => ({ connection, ...(force ? { force } : {}) });
