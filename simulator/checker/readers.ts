import type { Simulated } from '../simulated';
import type { Rules } from './rules';

const minuteMs = 60_000;
/** How early a rotation is due at the latest; sooner if the life is shorter than usual. */
const marginMs = 40 * minuteMs;
/** No pace of rotations can serve readers with tokens that live shorter. */
const shortestServedMs = 10 * minuteMs;

/** What readers find in AWSCURRENT: once there was an access token, one that is valid. */
export class Readers {
  /** Off until a first access token is there, and while an operator's own value is. */
  #expects = false;
  /** Two periods of the schedule and an invocation: by then calm weather has repaired everything. */
  readonly longCalmMs: number;
  /** Whether the least expired access token counts, in whatever weather. */
  isStrict = false;
  #lastLongCalmEndMs = Number.NEGATIVE_INFINITY;
  #ignoresUntilMs = Number.NEGATIVE_INFINITY;
  #text = '';
  #validUntilMs = 0;
  #servedMs = 0;
  /** A person has dated a token set by a clock that was wrong. */
  hasMisdatedSeed = false;
  /** Until when an access token is valid that readers were handed before. */
  #bestUntilMs = 0;
  readonly #simulation: Simulated;
  readonly #checker: Rules;

  constructor(simulation: Simulated, checker: Rules) {
    this.#simulation = simulation;
    this.#checker = checker;
    this.longCalmMs = (simulation.options.isFleet ? 42 : 11) * minuteMs;
  }

  noteTrouble(calmMs: number): void {
    if (calmMs >= this.longCalmMs) this.#lastLongCalmEndMs = this.#simulation.time.nowMs;
  }

  /** The schedule has been paused, or an operator has put an old value back. */
  expectNothingYet(): void {
    this.#expects = false;
    this.#validUntilMs = 0;
    this.#bestUntilMs = 0;
    this.#lastLongCalmEndMs = Number.NEGATIVE_INFINITY;
    this.#ignoresUntilMs = this.#simulation.time.nowMs + this.longCalmMs;
  }

  check(): void {
    const { outside, time } = this.#simulation;
    const { accessToken: text, expiresAtMs = 0 } = outside.stored.current ?? {};
    if (text === undefined) return;
    if (text !== this.#text) this.#note(text, expiresAtMs);
    if (time.nowMs < this.#validUntilMs) {
      this.#expects = true;
      return;
    }
    const { chain, areCredentialsGood } = this.#checker;
    if (!this.#expects || !chain.isExpected || !areCredentialsGood) return;
    if (time.nowMs < this.#ignoresUntilMs) return;
    if (time.nowMs < this.#bestUntilMs) {
      this.#checker.violate('an access token was overwritten by one that ended sooner');
    } else if (this.#servedMs >= shortestServedMs && this.#isToBeServed()) {
      this.#checker.violate('a reader is handed an expired access token');
    }
    this.#expects = false;
  }

  #note(text: string, expiresAtMs: number): void {
    const { outside, time } = this.#simulation;
    const validUntilMs = outside.provider.validUntilMs(text);
    if (validUntilMs === undefined) {
      this.#checker.violate('AWSCURRENT holds an access token that the provider never issued');
    }
    // What no clock was wrong about is never said to live longer than it does.
    if (!this.#hasWrongClocks && expiresAtMs > (validUntilMs ?? 0)) {
      this.#checker.violate('an access token is said to be valid for longer than it is');
    }
    if (this.#validUntilMs > time.nowMs) {
      this.#bestUntilMs = Math.max(this.#bestUntilMs, this.#validUntilMs);
    }
    this.#text = text;
    this.#validUntilMs = validUntilMs ?? 0;
    this.#servedMs = this.#validUntilMs - time.nowMs;
  }

  get #hasWrongClocks(): boolean {
    return this.#simulation.environments.haveBeenWrong || this.hasMisdatedSeed;
  }

  /** Whether there was time to renew it since it was due. */
  #isToBeServed(): boolean {
    if (this.isStrict || this.#checker.calmMs >= this.longCalmMs) return true;
    const dueAtMs = this.#validUntilMs - Math.min(marginMs, (this.#servedMs * 2) / 3);
    return this.#lastLongCalmEndMs >= dueAtMs + this.longCalmMs;
  }
}
