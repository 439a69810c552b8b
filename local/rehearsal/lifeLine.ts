/** How the access token's remaining life went: what is left at a time follows from when it ends. */
export interface LifeLine {
  /** The page shows nothing of before. */
  readonly beganAtMs: number;
  /** Each access token that came into AWSCURRENT, oldest first. */
  readonly stretches: readonly Stretch[];
  /** When people moved the clock, oldest first. */
  readonly jumps: readonly Jump[];
}

export interface Stretch {
  readonly fromMs: number;
  /** Null if the secret held no access token then. */
  readonly expiresAtMs: number | null;
}

export interface Jump {
  readonly fromMs: number;
  readonly toMs: number;
}

const mostStretches = 60;
const mostJumps = 20;

/** Follows the access token in AWSCURRENT. */
export class LifeRecorder {
  #stretches: Stretch[] = [];
  #jumps: Jump[] = [];

  constructor(private readonly beganAtMs: number) {}

  /** Call it whenever something may have changed. */
  note(fromMs: number, expiresAtMs: number | null): void {
    if (this.#stretches.at(-1)?.expiresAtMs === expiresAtMs) return;
    this.#stretches = [...this.#stretches, { fromMs, expiresAtMs }].slice(-mostStretches);
  }

  noteJump(jump: Jump): void {
    this.#jumps = [...this.#jumps, jump].slice(-mostJumps);
  }

  line(): LifeLine {
    return { beganAtMs: this.beganAtMs, stretches: this.#stretches, jumps: this.#jumps };
  }
}
