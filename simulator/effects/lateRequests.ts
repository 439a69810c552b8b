import type { Checker } from '../checker/checker';
import { type ProviderRequest, type RefreshToken, windowMs } from '../outside/provider';
import type { Simulated } from '../simulated';
import type { RequestFault, TakenUp } from '../vocabulary';

type Checked = Simulated & { readonly checker: Pick<Checker, 'afterLateRequest'> };

interface Waiting {
  readonly takenUp: TakenUp;
  readonly untilMs: number | undefined;
}

/** Requests that wait somewhere before the provider, which takes them up when nobody listens. */
export class LateRequests {
  readonly #simulation: Checked;
  readonly #afterNext: ProviderRequest[] = [];
  /** Those that wait, and what for; `untilMs` if it is for a time. */
  readonly waiting = new Map<ProviderRequest, Waiting>();

  constructor(simulation: Checked) {
    this.#simulation = simulation;
  }

  hold(
    request: ProviderRequest,
    { takenUp, laterMs }: Pick<RequestFault, 'takenUp' | 'laterMs'>,
  ): void {
    const { time } = this.#simulation;
    const sentAtMs = time.nowMs;
    const untilMs = sentAtMs + laterMs;
    this.waiting.set(request, { takenUp, untilMs: takenUp === 'later' ? untilMs : undefined });
    switch (takenUp) {
      case 'afterNext':
        this.#afterNext.push(request);
        return;
      case 'later':
        time.at(untilMs, () => this.#takeUp(request));
        return;
      default:
        this.#takeUpAtWindowEnd(request, sentAtMs);
    }
  }

  /** Whether one of them has the token that this one is the successor of. */
  threatens(refreshToken: string): boolean {
    if (this.waiting.size === 0) return false;
    const forerunner = this.#simulation.outside.provider.find(refreshToken)?.parent?.text;
    return [...this.waiting.keys()].some((request) => request.refreshToken === forerunner);
  }

  /** Called for every request that was taken up. */
  noteTakenUp(refreshToken: string | undefined): void {
    const { time } = this.#simulation;
    for (const request of this.#afterNext.splice(0)) {
      if (request.refreshToken !== refreshToken) this.#afterNext.push(request);
      else time.at(time.nowMs + 1, () => this.#takeUp(request));
    }
  }

  /** The window may have begun later than the request was sent. */
  #takeUpAtWindowEnd(request: ProviderRequest, sentAtMs: number): void {
    const { time } = this.#simulation;
    const usedAtMs = this.#find(request)?.firstUsedAtMs ?? sentAtMs;
    const lastMs = usedAtMs + windowMs - 1;
    if (time.nowMs >= lastMs) this.#takeUp(request);
    else time.at(lastMs, () => this.#takeUpAtWindowEnd(request, sentAtMs));
  }

  #takeUp(request: ProviderRequest): void {
    const { outside, checker, time } = this.#simulation;
    this.waiting.delete(request);
    const grant = outside.provider.requestToken(request, time.nowMs);
    this.#simulation.trace(() => `a late request is ${grant ? 'taken up' : 'refused'}`);
    checker.afterLateRequest(request.refreshToken, grant?.refreshToken);
    this.noteTakenUp(request.refreshToken);
  }

  #find({ refreshToken }: ProviderRequest): RefreshToken | undefined {
    return this.#simulation.outside.provider.find(refreshToken ?? '');
  }
}
