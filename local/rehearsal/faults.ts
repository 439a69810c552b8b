import type { TourWorld } from '../tour/world';
import { type FaultState, type Outage, outages } from './state';

/** More token requests than an outage sees before somebody ends it. */
const manyRequests = 10_000;

/** The faults that people have ordered. */
export class OrderedFaults {
  readonly #outages = new Map<Outage, () => void>();
  /** How many AWS calls there had been when the kill was ordered. */
  #killAfterCalls: number | undefined;
  /** Ends the hanging of the next write, if that is to kill the function. */
  #cancelHang = () => {};
  #isOperatorSpared = false;

  constructor(private readonly world: TourWorld) {}

  /** The next token request takes effect, and its answer is lost. */
  dropNextAnswer(): void {
    this.world.provider.orderFault({ kind: 'dropAfter' });
  }

  get isLostAnswerOrdered(): boolean {
    return this.world.provider.pendingFaults.some(({ kind }) => kind === 'dropAfter');
  }

  /**
   * Kills the function in its next rotation, once it writes its new tokens to Secrets Manager: the
   * write hangs until {@link strike} sees it.
   */
  killAtNextWrite(): void {
    this.#killAfterCalls = this.world.aws.calls.length;
    if (!this.#isOperatorSpared) this.#orderHang();
  }

  /** Does what an operator does while no function runs: a kill goes on waiting for the function. */
  async spareOperator<T>(act: () => Promise<T>): Promise<T> {
    this.#isOperatorSpared = true;
    this.#cancelHang();
    try {
      return await act();
    } finally {
      this.#isOperatorSpared = false;
      if (this.isKillOrdered) this.#orderHang();
    }
  }

  get isKillOrdered(): boolean {
    return this.#killAfterCalls !== undefined;
  }

  /** Kills the function if its moment has come. */
  strike(): void {
    if (this.#killAfterCalls === undefined) return;
    const since = this.world.aws.calls.slice(this.#killAfterCalls);
    if (!since.some(({ fault }) => fault === 'hang')) return;
    this.#killAfterCalls = undefined;
    // The invocation that it ends reports it.
    void this.world.lambda.kill();
  }

  #orderHang(): void {
    this.#cancelHang = this.world.aws.orderFault({ kind: 'hang', operation: 'PutSecretValue' });
  }

  isDown(outage: Outage): boolean {
    return this.#outages.has(outage);
  }

  setOutage(outage: Outage, isDown: boolean): void {
    this.#outages.get(outage)?.();
    this.#outages.delete(outage);
    if (isDown) this.#outages.set(outage, this.#begin(outage));
  }

  state(): FaultState {
    return {
      down: outages.filter((outage) => this.isDown(outage)),
      lostAnswer: this.isLostAnswerOrdered,
      kill: this.isKillOrdered,
    };
  }

  /** Returns what ends the outage. */
  #begin(outage: Outage): () => void {
    const { aws, provider } = this.world;
    const always = { kind: 'unavailable', calls: 'untilCancelled' } as const;
    switch (outage) {
      case 'provider':
        return provider.orderFault({ kind: 'unavailable', consumed: false }, manyRequests);
      case 'secrets-manager':
        return aws.orderFault({ ...always, service: 'secretsmanager' });
      case 'secrets-manager-writes':
        return aws.orderFault({ ...always, operation: 'PutSecretValue' });
      case 'parameter-store':
        return aws.orderFault({ ...always, service: 'ssm' });
    }
  }
}
