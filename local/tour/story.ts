import { ExpectationFailed, expectEqual } from './expectation';
import type { Narrator } from './narrator';
import { Operator } from './operator';
import { Reader } from './reader';
import { callsIn, describeCalls, type Invocation, Rotator, type RotatorEvent } from './rotator';
import { duration, MINUTE_MS, timeOfDay } from './time';
import { connection, refreshBelowMs, type World } from './world';

const scheduleMs = 5 * MINUTE_MS;
/** More ticks than an access token's hour has. */
const mostTicks = 12;

/** What a chapter is told with. */
export class Story {
  readonly operator: Operator;
  readonly reader: Reader;
  readonly rotator: Rotator;
  /** By which outcome each refresh token came, in the order of issue. */
  readonly origins: string[] = [];

  constructor(
    readonly world: World,
    readonly narrator: Narrator,
  ) {
    this.operator = new Operator(world);
    this.reader = new Reader(world);
    this.rotator = new Rotator(world);
    this.noteOrigin('login');
  }

  /** Says where the refresh tokens came from that were issued since the last time. */
  noteOrigin(origin: string): void {
    const issued = this.world.provider.model.refreshTokens().length;
    while (this.origins.length < issued) this.origins.push(origin);
  }

  /**
   * Invokes the function, for this connection unless told otherwise; then a reader reads.
   *
   * @param outcome what must come of it: an outcome, or an `errorType`.
   */
  async invoke(
    outcome: string,
    event?: RotatorEvent,
    meanwhile?: () => Promise<void>,
  ): Promise<Invocation> {
    const invocation = await this.rotator.invoke(event, meanwhile);
    if (invocation.outcome !== outcome) throw otherOutcome(outcome, invocation);
    this.noteOrigin(invocation.step ?? invocation.outcome);
    await this.reader.readAndUse();
    return invocation;
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
          await this.pass(scheduleMs);
          const leftMs = this.expiresAtMs() - this.world.now();
          if (leftMs < refreshBelowMs) {
            return `fresh ${ticks} times, one call each; with ${duration(leftMs)} left, a rotation is due`;
          }
          const invocation = await this.invoke('fresh');
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
  describe(invocation: Invocation): string {
    const until = invocation.result ? `, token until ${timeOfDay(this.expiresAtMs())}` : '';
    return `${invocation.outcome}${until} [${describeCalls(invocation)}]`;
  }
}

function otherOutcome(expected: string, { outcome, error }: Invocation): ExpectationFailed {
  const said = error ? `, which says: ${error.errorMessage}` : '.';
  return new ExpectationFailed(`Expected the outcome ${expected}, found ${outcome}${said}`);
}
