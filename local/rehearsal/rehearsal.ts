import { functionTimeoutMs } from '../../lambda/core/limits';
import { fingerprint } from '../provider/fingerprint';
import { sentTokens, type TourInvocation } from '../tour/rotator';
import type { Story } from '../tour/story';
import { minuteMs } from '../tour/time';
import { connection, refreshBelowMs } from '../tour/world';
import { ClientSecretDesk } from './clientSecrets';
import { Deliveries } from './deliveries';
import { OrderedFaults } from './faults';
import { healthOf } from './health';
import { History, isQuiet } from './history';
import { Incidents } from './incidents';
import { LifeRecorder } from './lifeLine';
import { RefreshTokenWatch } from './refreshTokens';
import { Repairs } from './repairs';
import type { AccessTokenLife, TokenReading, WatchState } from './state';

const readEveryMs = minuteMs;
/** An invocation that is under way runs in real time for so long, ... */
const unhurriedMs = 1_000;
/** ... then faster, so that nobody waits for one that is in trouble, ... */
const hurriedPace = 20;
/** ... until its time is over, which is all that it is given. */
const longestInvocationMs = functionTimeoutMs;
const keptInvocations = 100;

/**
 * Lets the world of the tour live on: time passes, the schedule sends its messages, the queue
 * delivers again what failed, a reader reads. One thing happens at a time, as of one connection.
 */
export class Rehearsal {
  readonly faults: OrderedFaults;
  readonly incidents = new Incidents();
  readonly repairs = new Repairs();
  readonly life: LifeRecorder;
  readonly deliveries: Deliveries;
  readonly clientSecrets: ClientSecretDesk;
  /** Simulated minutes in a real second; 0 is a pause. */
  pace = 1;
  readonly #history: History;
  readonly #refreshTokens: RefreshTokenWatch;
  #reading: TokenReading | null = null;
  #last: TourInvocation | undefined;
  /** The invocation under way: when it began, and for how long it has run in real time. */
  #running: { readonly beganAtMs: number; realMs: number } | undefined;
  #work: Promise<void> | undefined;

  constructor(readonly story: Story) {
    const { world } = story;
    this.faults = new OrderedFaults(world);
    this.deliveries = new Deliveries(world);
    this.clientSecrets = new ClientSecretDesk(story);
    this.#history = new History(world.lambda.logs);
    this.#refreshTokens = new RefreshTokenWatch(story);
    this.life = new LifeRecorder(world.now());
    this.noteLife();
  }

  /** Notes the access token that the secret holds now. */
  noteLife(): void {
    this.life.note(this.story.world.now(), this.#accessToken().expiresAtMs);
  }

  /**
   * Lets simulated time pass for a stretch of real time, and begins what is due. Call it often.
   * Rejects if something fails that is not part of any rehearsal.
   */
  async beat(realMs: number): Promise<void> {
    this.faults.strike();
    this.incidents.noteStrikes(this.story.world.now());
    // The clocks run by themselves, as fast as real time; and they show whole milliseconds.
    this.story.world.advance(Math.round(realMs * (this.#speed(realMs) - 1)));
    if (this.#work === undefined) await this.exclusively(() => this.#doWhatIsDue());
  }

  /** Whether something is being done, for which `beat` does not begin another. */
  get isBusy(): boolean {
    return this.#work !== undefined;
  }

  /** Does something once nothing else is being done, so that its calls can be distinguished. */
  async exclusively<T>(act: () => Promise<T>): Promise<T> {
    while (this.#work !== undefined) await this.#work;
    const result = act();
    const work = result.then(
      () => {},
      () => {},
    );
    this.#work = work;
    try {
      return await result;
    } finally {
      this.#work = undefined;
    }
  }

  state(): WatchState {
    const { world } = this.story;
    const nowMs = world.now();
    const accessToken = this.#accessToken();
    const deliveries = { ...this.deliveries.state(), isRunning: this.#running !== undefined };
    const clientSecret = this.clientSecrets.state();
    const incidents = this.incidents.rows();
    return {
      nowMs,
      connection,
      pace: this.pace,
      health: healthOf({
        leftMs: (accessToken.expiresAtMs ?? 0) - nowMs,
        verdict: this.#reading?.verdict,
        lastOutcome: this.#last?.outcome,
        hasFailed: this.#last?.problem !== undefined,
        isOneClientSecretAccepted: this.clientSecrets.isOneAccepted,
        stagedClientSecret: clientSecret.staged,
        areAllHealed: this.incidents.areAllHealed,
        isOut: this.faults.state().down.length > 0,
      }),
      accessToken,
      lifeLine: this.life.line(),
      reading: this.#reading,
      deliveries,
      faults: this.faults.state(),
      clientSecret,
      refreshTokens: this.#refreshTokens.rows(),
      incidents,
      repairs: this.repairs.rows(new Set(incidents.flatMap(({ repairs }) => repairs))),
      invocations: this.#history.invocations(),
      log: this.#history.log(),
    };
  }

  #speed(realMs: number): number {
    if (this.#running === undefined) return this.pace * 60;
    this.#running.realMs += realMs;
    const tookMs = this.story.world.now() - this.#running.beganAtMs;
    const isInTrouble = this.#running.realMs > unhurriedMs && tookMs < longestInvocationMs;
    return isInTrouble ? hurriedPace : 1;
  }

  async #doWhatIsDue(): Promise<void> {
    const nowMs = this.story.world.now();
    this.deliveries.tick();
    const delivery = this.story.rotator.deliver();
    if (delivery) await this.#follow(delivery);
    if (delivery || nowMs >= (this.#reading?.atMs ?? 0) + readEveryMs) await this.#read();
  }

  async #follow(delivery: Promise<TourInvocation>): Promise<void> {
    const { world, rotator } = this.story;
    const beganAtMs = world.now();
    this.#running = { beganAtMs, realMs: 0 };
    let invocation: TourInvocation;
    try {
      invocation = await delivery;
    } finally {
      this.#running = undefined;
    }
    const { message, problem, outcome } = invocation;
    // What the tour counts at its end is counted by now; nothing else asks for older ones.
    rotator.invocations.splice(0, rotator.invocations.length - keptInvocations);
    this.#last = invocation;
    this.story.noteOrigin(outcome);
    this.#refreshTokens.note();
    this.noteLife();
    const row = this.#history.note(invocation, beganAtMs);
    if (!isQuiet(row)) this.incidents.noteInvocation(row.id, world.now());
    if (message) {
      this.deliveries.note(message, problem !== undefined, beganAtMs);
      this.repairs.noteInvocation(message.messageId, { id: row.id, outcome });
    }
    if (problem === undefined && this.#isSound()) {
      this.incidents.heal({
        atMs: world.now(),
        how: this.#howHealed(invocation),
        invocation: row.id,
        // What the queue has to repeat heals without anybody.
        repairsSince: (repairNames, sinceMs) =>
          this.repairs.helpful(
            repairNames,
            sinceMs,
            row.delivery === 1 ? message?.messageId : undefined,
          ),
      });
    }
    this.#history.keep(new Set(this.incidents.rows().flatMap(({ invocations }) => invocations)));
  }

  async #read(): Promise<void> {
    const verdict = await this.story.reader.read().then(
      ({ leftMs, status }) => {
        if (leftMs === undefined) return 'missing';
        if (status === undefined) return 'expired';
        return status === 202 ? 'accepted' : 'refused';
      },
      () => 'unreachable' as const,
    );
    this.#reading = { atMs: this.story.world.now(), verdict };
  }

  /** Whether readers have a token that works, and the function all that it needs for the next. */
  #isSound(): boolean {
    const { model } = this.story.world.provider;
    const nowMs = this.story.world.now();
    const { accessToken = '', refreshToken = '' } = this.story.currentTokens();
    return (
      model.isAccessTokenValid(accessToken, nowMs) &&
      model.accepts(refreshToken, nowMs) &&
      this.clientSecrets.isOneAccepted
    );
  }

  #howHealed(invocation: TourInvocation): string {
    const { refreshToken = '' } = this.story.currentTokens();
    const current = `${fingerprint(refreshToken)} is current.`;
    if (invocation.outcome === 'fresh') return `The token was fresh all along: ${current}`;
    if (invocation.providerRequests.length === 0)
      return `A stored token set was published: ${current}`;
    const { requests } = this.story.world.provider;
    const repeated = sentTokens(invocation).find(
      (name) => requests.filter((request) => request.fingerprint === name).length > 1,
    );
    return repeated ? `${repeated} was sent again, and ${current}` : `Rotated: ${current}`;
  }

  #accessToken(): AccessTokenLife {
    const { accessToken, expiresAt = '' } = this.story.currentTokens();
    return {
      expiresAtMs: accessToken === undefined ? null : Date.parse(expiresAt),
      lifeMs: 60 * minuteMs,
      rotateBelowMs: refreshBelowMs,
      alarmBelowMs: 15 * minuteMs,
    };
  }
}
