import { EnvironmentMemory } from '../../lambda/rotator/memory';

/** One Lambda execution environment: what its process remembers, and how wrong its clock is. */
export interface Environment {
  readonly memory: EnvironmentMemory;
  readonly skewMs: number;
  isBusy: boolean;
  lastUsedAtMs: number;
  /** Refresh tokens that its process has been given by the provider, or has sent and was not refused. */
  readonly held: Set<string>;
}

/** The environments that are warm, and which of them serves. */
export class Environments {
  /** Whether two serve in turn if two are there; else the one used last does. */
  #isInTurn = false;
  #warm: Environment[] = [];
  /** Whether any clock was wrong so far. */
  haveBeenWrong = false;
  readonly #skewMs: number;

  /** @param skewMs how wrong the clocks of those are that Lambda starts by itself */
  constructor(skewMs: number) {
    this.#skewMs = skewMs;
  }

  get areInTurn(): boolean {
    return this.#isInTurn;
  }

  get warm(): readonly Environment[] {
    return this.#warm;
  }

  /** The one that serves next, which is busy from now on. */
  take(nowMs: number): Environment {
    const idle = this.#warm.filter(({ isBusy }) => !isBusy);
    const [last] = idle.sort(
      (a, b) => (b.lastUsedAtMs - a.lastUsedAtMs) * (this.#isInTurn ? -1 : 1),
    );
    const environment = last ?? this.#start(this.#skewMs);
    environment.isBusy = true;
    environment.lastUsedAtMs = nowMs;
    return environment;
  }

  /** Another takes the place of one that is busy. */
  replace(former: Environment, skewMs: number): Environment {
    this.lose(former);
    return this.#startBusy(former, skewMs);
  }

  /** Another serves in place of one that stays warm; from now on they serve in turn. */
  takeSecond(former: Environment, skewMs: number): Environment {
    former.isBusy = false;
    this.#isInTurn = true;
    return this.#startBusy(former, skewMs);
  }

  /** With its memory. */
  lose(environment: Environment): void {
    this.#warm = this.#warm.filter((other) => other !== environment);
  }

  #startBusy({ lastUsedAtMs }: Environment, skewMs: number): Environment {
    const environment = this.#start(skewMs);
    environment.isBusy = true;
    environment.lastUsedAtMs = lastUsedAtMs;
    return environment;
  }

  #start(skewMs: number): Environment {
    if (skewMs !== 0) this.haveBeenWrong = true;
    const environment: Environment = {
      memory: new EnvironmentMemory(),
      skewMs,
      isBusy: false,
      lastUsedAtMs: Number.NEGATIVE_INFINITY,
      held: new Set(),
    };
    this.#warm.push(environment);
    return environment;
  }
}
