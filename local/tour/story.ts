import { setTimeout as sleep } from 'node:timers/promises';
import { tickMs, visibilityTimeoutMs } from '../../lambda/core/limits';
import { scheduleName } from '../../lambda/core/names';
import { ExpectationFailed, expectEqual } from './expectation';
import type { Narrator } from './narrator';
import { Operator } from './operator';
import { Reader } from './reader';
import {
  callsIn,
  describeCalls,
  type StepEvent,
  type TourInvocation,
  TourRotator,
} from './rotator';
import { duration, timeOfDay } from './time';
import { connection, refreshBelowMs, type TourWorld } from './world';

/** More ticks than an access token's hour has. */
const mostTicks = 12;
/** Far longer than the function, once it runs, takes from one call or line to the next. */
const quietMs = 100;

export interface StoryDeliveryOptions {
  /** Runs beside the invocation. */
  readonly meanwhile?: () => Promise<void>;
  /** Whether what the function waits between its calls passes at once. @default false */
  readonly passesWaits?: boolean;
}

/** What a chapter is narrated with. */
export class Story {
  readonly operator: Operator;
  readonly reader: Reader;
  readonly rotator: TourRotator;
  /** By which outcome each refresh token came, in the order of issue. */
  readonly origins: string[] = [];

  constructor(
    readonly world: TourWorld,
    readonly narrator: Narrator,
  ) {
    this.operator = new Operator(world);
    this.reader = new Reader(world);
    this.rotator = new TourRotator(world);
    this.noteOrigin('login');
  }

  /** Says where the refresh tokens came from that were issued since the last time. */
  noteOrigin(origin: string): void {
    const issued = this.world.provider.model.refreshTokens().length;
    while (this.origins.length < issued) this.origins.push(origin);
  }

  /**
   * Lets the schedule send its message, and the function have it; then a reader reads.
   *
   * @param outcome what must come of it: an outcome, an error's code, or an `errorType`
   */
  async tick(outcome: string, options?: StoryDeliveryOptions): Promise<TourInvocation> {
    const { aws, now } = this.world;
    aws.fireSchedule(scheduleName(connection), now());
    return this.deliver(outcome, options);
  }

  /** Lets the function have the message that is visible; else as a tick. */
  async deliver(
    outcome: string,
    { meanwhile = async () => {}, passesWaits = false }: StoryDeliveryOptions = {},
  ): Promise<TourInvocation> {
    const delivery = this.rotator.deliver();
    if (delivery === undefined) throw new ExpectationFailed('Expected a message in the queue.');
    const [invocation] = await Promise.all([
      delivery,
      meanwhile(),
      passesWaits && this.#passWaits(delivery),
    ]);
    return this.#seen(outcome, invocation);
  }

  /** Lets the minute pass after which the queue delivers a message again; else as a tick. */
  async redeliver(outcome: string): Promise<TourInvocation> {
    await this.pass(visibilityTimeoutMs);
    return this.deliver(outcome);
  }

  /** A step of Secrets Manager's own rotation; else as a tick. */
  async step(event: StepEvent): Promise<TourInvocation> {
    return this.#seen('rotated', await this.rotator.step(event));
  }

  /** Lets time pass; then a reader reads what is stored by now. */
  async pass(ms: number): Promise<void> {
    this.world.advance(ms);
    await this.reader.readAndUse();
  }

  /** A step in which the schedule ticks until the next tick has a rotation to do. */
  async tickUntilDue(): Promise<void> {
    await this.narrator.step(
      'Time passes, with a tick of the schedule every 5 minutes.',
      async () => {
        for (let ticks = 0; ticks < mostTicks; ticks++) {
          await this.pass(tickMs);
          const leftMs = this.expiresAtMs() - this.world.now();
          if (leftMs < refreshBelowMs) {
            return `fresh ${ticks} times, one call each; with ${duration(leftMs)} left, a rotation is due`;
          }
          const invocation = await this.tick('fresh');
          expectEqual('the calls of a fresh tick', callsIn(invocation), 1);
        }
        throw new Error('the access token never came near its end');
      },
    );
  }

  /** What AWSCURRENT holds, looked up without a call: for the story, no secret leaves this way. */
  currentTokens(): Partial<Record<'refreshToken' | 'accessToken' | 'expiresAt', string>> {
    const secret = this.world.aws.secretsManager.getSecretValue({ SecretId: `sfmc/${connection}` });
    return JSON.parse(secret.SecretString ?? '{}');
  }

  expiresAtMs(): number {
    return Date.parse(this.currentTokens().expiresAt ?? '');
  }

  /** An invocation's outcome with the calls that led there. */
  describe(invocation: TourInvocation): string {
    const until = invocation.problem ? '' : `, token until ${timeOfDay(this.expiresAtMs())}`;
    return `${invocation.outcome}${until} [${describeCalls(invocation)}]`;
  }

  /** While nothing happens the function waits, and its time may pass. */
  async #passWaits(invocation: Promise<TourInvocation>): Promise<void> {
    const { aws, provider, lambda } = this.world;
    const happened = () => aws.calls.length + provider.requests.length + lambda.logs.length;
    let seen = 0;
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    invocation.then(end, end);
    while (!isOver) {
      if (happened() === seen) this.world.advance(1_000);
      seen = happened();
      await sleep(quietMs);
    }
  }

  async #seen(outcome: string, invocation: TourInvocation): Promise<TourInvocation> {
    if (invocation.outcome !== outcome) throw otherOutcome(outcome, invocation);
    this.noteOrigin(invocation.step ?? invocation.outcome);
    await this.reader.readAndUse();
    return invocation;
  }
}

function otherOutcome(expected: string, { outcome, problem }: TourInvocation): ExpectationFailed {
  const said = problem ? `, which says: ${problem}` : '.';
  return new ExpectationFailed(`Expected the outcome ${expected}, found ${outcome}${said}`);
}
