import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FunctionError } from '../../local/aws/lambda/functionError';
import type { ProviderFault } from '../../local/provider/faults';
import type { SecondUse } from '../../local/provider/refreshTokens';
import { LambdaWorld } from '../support/lambdaWorld';
import { minuteMs } from '../support/simulatedClock';
import type { StoredConnection, StoredTokenSet } from '../support/storedConnection';
import { type Arrival, type Crash, type Moment, type Scene, scenes } from './crash';
import { CrashQueue, withoutIdling } from './crashQueue';

/** How far the killed invocation came. */
export interface Reached {
  readonly answered: boolean;
  /** The stored refresh tokens are used up, and the last one's successor was in the process alone. */
  readonly lost: boolean;
}

/** What is left once the queue is empty. */
export interface Aftermath {
  /** Messages that are still in the queue after as many deliveries as it makes. */
  readonly messages: number;
  /** Whether AWSCURRENT's refresh token is accepted, now and after any 5 minutes. */
  readonly chain: 'alive' | 'ending' | 'dead';
  readonly accessToken: 'valid' | 'invalid';
  /** `ahead`: newer than AWSCURRENT. */
  readonly escrow: 'none' | 'behind' | 'ahead';
}

/** Whether readers and the next rotation find all that they need. */
export const isWhole = ({ messages, chain, accessToken, escrow }: Aftermath): boolean =>
  messages === 0 && chain === 'alive' && accessToken === 'valid' && escrow !== 'ahead';

const closed = { kind: 'exchange', answer: 'closed' } as const;
/** What becomes of a scene's first request. */
const requests: Readonly<Record<Exclude<Scene['firstRequest'], 'answered'>, ProviderFault>> = {
  unanswered: { ...closed, takenUp: 'now' },
  late: { ...closed, takenUp: { afterRequests: 1 } },
};

/** Held back by every answer: far longer than a kill takes. */
const latencyMs = 20;

/** One connection after the other, each killed and then left to the queue in new processes. */
export class Life {
  readonly #durationsMs = new Map<Scene, number>();
  readonly #queue: CrashQueue;
  #connections = 0;
  #stored: StoredConnection;

  private constructor(readonly world: LambdaWorld) {
    this.#queue = new CrashQueue(world);
    this.#stored = this.#connect(false);
  }

  static async begin(secondUse: SecondUse): Promise<Life> {
    // A new access token that ends the previous one is the harder case for readers.
    const world = await LambdaWorld.start({ secondUse, latencyMs, newTokenEndsPrevious: true });
    const life = new Life(world);
    for (const scene of scenes) life.#durationsMs.set(scene, await life.#measureMs(scene));
    return life;
  }

  /** Lets an invocation be killed, perhaps some that follow as well, and the queue do the rest. */
  async crash({ scene, moment, deaths, pauseMs }: Crash) {
    const heal = this.#prepare(scene);
    const answered = await this.#invokeAndKill(scene, moment);
    const reached: Reached = { answered, lost: this.#isLost() };
    heal();
    if (scene.by !== 'queue') {
      // The message that goes on has nothing to do yet; if it was not sent, the schedule's does.
      if (this.#queue.messages() > 0) await this.#queue.deliver();
      else this.world.advance(pauseMs);
      this.#queue.send(this.#connection);
    }
    for (const share of deaths) await this.#deliverAndKill(share * this.#durationMs(scene));
    await this.#queue.drain();
    const aftermath = this.#state();
    this.world.advance(25 * minuteMs);
    this.#queue.send(this.#connection);
    await this.#queue.drain();
    return { reached, aftermath, next: this.#state() };
  }

  get #connection(): string {
    return `acme-${this.#connections}`;
  }

  #connect(force: boolean): StoredConnection {
    this.#connections += 1;
    return this.world.connect(this.#connection, { ageMs: (force ? 6 : 25) * minuteMs });
  }

  /** Returns what lets the provider and Secrets Manager work again. */
  #prepare({ force, stores, firstRequest }: Scene): () => void {
    const { aws, provider } = this.world;
    this.#stored = this.#connect(force);
    if (stores === 'parked') {
      const { refreshToken = '' } = this.#stored.current();
      this.#stored.putParameter('escrow', this.world.refreshed(refreshToken, 1 * minuteMs));
    }
    const heals = [
      ...(firstRequest === 'answered' ? [] : [provider.orderFault(requests[firstRequest])]),
      ...(stores === 'refusing' ? [refuseWrites()] : []),
    ];
    return () => {
      for (const heal of heals) heal();
    };

    function refuseWrites() {
      const operation = 'PutSecretValue';
      return aws.orderFault({ operation, kind: 'unavailable', calls: 'untilCancelled' });
    }
  }

  /** How long a scene takes undisturbed; if writes are refused, until the escrow is written. */
  async #measureMs(scene: Scene): Promise<number> {
    const heal = this.#prepare(scene);
    const beganAtMs = performance.now();
    const invocation = this.#begin(scene);
    if (scene.stores === 'refusing') await this.#arrival(['PutParameter', 1], invocation);
    else await invocation;
    const durationMs = performance.now() - beganAtMs;
    heal();
    await invocation;
    await this.#queue.drain();
    return durationMs;
  }

  #durationMs(scene: Scene): number {
    return this.#durationsMs.get(scene) ?? 0;
  }

  /** Starts an invocation; whether it answered. */
  #begin({ by, force }: Scene): Promise<boolean> {
    if (by === 'queue') {
      this.#queue.send(this.#connection, { force });
      return this.#queue.deliver();
    }
    const connection = this.#connection;
    const SecretId = `sfmc/${connection}`;
    const step = { Step: 'createSecret', SecretId, ClientRequestToken: randomUUID() };
    const event = by === 'step' ? step : { connection, force };
    return withoutIdling(this.world, () => this.world.lambda.invoke(event)).then(
      () => true,
      (error) => {
        if (error instanceof FunctionError && error.errorType === 'Runtime.ExitError') return false;
        throw error;
      },
    );
  }

  /** Returns whether the invocation had answered before the process was dead. */
  async #invokeAndKill(scene: Scene, moment: Moment): Promise<boolean> {
    const invocation = this.#begin(scene);
    if ('at' in moment) await this.#arrival(moment.at, invocation);
    else await sleep(moment.share * this.#durationMs(scene));
    await this.world.lambda.kill();
    return invocation;
  }

  /** The next delivery dies as well, so long after its first call. */
  async #deliverAndKill(afterMs: number): Promise<void> {
    this.#queue.waitUntilVisible();
    const calls = this.world.aws.calls.length;
    let hasEnded = false;
    const delivery = this.#queue.deliver().then(() => {
      hasEnded = true;
    });
    while (this.world.aws.calls.length === calls && !hasEnded) await sleep(1);
    await sleep(afterMs);
    await this.world.lambda.kill();
    await delivery;
  }

  /** Waits for a call, which takes effect as it arrives. Begins at once: no call is overlooked. */
  async #arrival([call, nth]: Arrival, invocation: Promise<unknown>): Promise<void> {
    const { aws, provider } = this.world;
    const [awsCalls, requests] = [aws.calls.length, provider.requests.length];
    const arrived = () =>
      call === 'requestToken'
        ? provider.requests.length - requests
        : aws.calls.slice(awsCalls).filter(({ operation }) => operation === call).length;
    await waitFor(() => arrived() >= nth, invocation, `${nth} × ${call}`);
  }

  /** Whether no refresh token is stored that is still unused. */
  #isLost(): boolean {
    const { model } = this.world.provider;
    return [this.#stored.current(), ...this.#parked()].every(
      ({ refreshToken = '' }) => model.refreshTokenState(refreshToken).state !== 'unused',
    );
  }

  #state(): Aftermath {
    const { model } = this.world.provider;
    const { accessToken = '', refreshToken = '' } = this.#stored.current();
    const nowMs = this.world.now();
    const lasting = model.accepts(refreshToken, nowMs + 10 * minuteMs);
    const accepted = model.accepts(refreshToken, nowMs);
    return {
      messages: this.#queue.messages(),
      chain: lasting ? 'alive' : accepted ? 'ending' : 'dead',
      accessToken: model.isAccessTokenValid(accessToken, nowMs) ? 'valid' : 'invalid',
      escrow: this.#escrow(),
    };
  }

  #escrow(): Aftermath['escrow'] {
    const sets = this.#parked();
    const { issuedAt: current = '' } = this.#stored.current();
    if (sets.some(({ issuedAt = '' }) => issuedAt > current)) return 'ahead';
    return sets.length === 0 ? 'none' : 'behind';
  }

  #parked(): readonly StoredTokenSet[] {
    return [JSON.parse(this.#stored.escrow() ?? '[]')].flat();
  }
}

async function waitFor(
  isSo: () => boolean,
  invocation: Promise<unknown>,
  what: string,
): Promise<void> {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  invocation.then(end, end);
  while (!isSo()) {
    if (hasEnded) throw new Error(`the invocation ended without ${what}`);
    await sleep(1);
  }
}
