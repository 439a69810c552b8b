import type { ProviderRequest } from '../outside/provider';
import type { Ended, Invocation, Simulated } from '../simulated';
import { startMs } from '../simulated';
import type { Call } from '../vocabulary';
import { Chain, type Loss, type RequestResult } from './chain';
import { Readers } from './readers';
import type { Rules } from './rules';
import { Verdicts } from './verdicts';

/** The longest way through recovery, with every call repeated as often as its budget allows. */
const mostCallsPerInvocation = 150;

/** Calls after which something may be true that was not before. */
const changing: ReadonlySet<Call> = new Set<Call>([
  'provider.requestToken',
  'secrets.put',
  'secrets.moveStage',
  'parameters.write',
  'parameters.remove',
]);

/**
 * What must hold after each step of every history. Each rule knows the whole simulated world, the
 * provider's side too, and none of the rotation's own reasoning.
 */
export class Checker implements Rules {
  readonly violations: string[] = [];
  /** Chains that were lost in a way that nothing could prevent. */
  readonly losses: Loss[] = [];
  readonly chain: Chain;
  readonly readers: Readers;
  readonly verdicts: Verdicts;
  /** Off while the client secrets in the parameters are not the provider's. */
  areCredentialsGood = true;
  readonly #simulation: Simulated;
  #lastTroubleMs: number;

  constructor(simulation: Simulated) {
    this.#simulation = simulation;
    this.#lastTroubleMs = simulation.time.nowMs;
    this.chain = new Chain(simulation);
    this.readers = new Readers(simulation, this);
    this.verdicts = new Verdicts(simulation, this);
  }

  violate(what: string): void {
    const { time, effects } = this.#simulation;
    const minute = ((time.nowMs - startMs) / 60_000).toFixed(2);
    const violation = `minute ${minute}, effect ${effects.length}: ${what}`;
    this.#simulation.trace(() => `VIOLATED: ${what}`);
    this.violations.push(violation);
  }

  /** For how long nothing was made to fail. */
  get calmMs(): number {
    return this.#simulation.time.nowMs - this.#lastTroubleMs;
  }

  /** Something was made to fail just now. */
  trouble(): void {
    this.readers.noteTrouble(this.calmMs);
    this.#lastTroubleMs = this.#simulation.time.nowMs;
  }

  /** What always holds: called whenever it may have changed, and as time passes. */
  check(): void {
    const { stored } = this.#simulation.outside;
    if (stored.current?.isReadable !== true) this.violate('AWSCURRENT cannot be read');
    this.readers.check();
    if (this.verdicts.replacedBy !== undefined) this.verdicts.checkReplaced();
    const loss = this.chain.check();
    if (loss === undefined) return;
    if (loss.isExcused) this.losses.push(loss);
    else this.violate('no stored refresh token is accepted any more');
  }

  afterEffect(call: Call): void {
    if (changing.has(call)) this.check();
  }

  beginInvocation(invocation: Invocation): void {
    this.chain.beginInvocation(invocation);
    this.verdicts.beginInvocation(invocation);
  }

  beforeTokenRequest(invocation: Invocation, request: ProviderRequest): void {
    const { calls } = invocation;
    if (!calls.includes('secrets.readCurrent'))
      this.violate('a request came before AWSCURRENT was read');
    this.verdicts.beforeTokenRequest(invocation, request);
  }

  afterTokenRequest(invocation: Invocation, request: ProviderRequest, result: RequestResult): void {
    this.chain.afterTokenRequest(invocation, request.refreshToken, result);
    if (result.isRefused) this.verdicts.noteRefusal(invocation, request);
  }

  afterLateRequest(token: string | undefined, successor: string | undefined): void {
    this.#simulation.trace(() => `late: ${token} brings ${successor}`);
    this.check();
  }

  endInvocation(invocation: Invocation, ended: Ended): void {
    const { calls, asked } = invocation;
    if (calls.length > mostCallsPerInvocation) {
      this.violate(`an invocation made ${calls.length} calls`);
    }
    if (ended.kind === 'failed') this.verdicts.checkFailure(invocation, ended.code);
    if (ended.kind === 'succeeded') this.verdicts.checkSuccess(invocation, ended);
    const isDisturbed = ended.kind !== 'succeeded' && asked.by !== 'step';
    if (isDisturbed && this.calmMs > 0) this.#endDisturbed(ended);
    this.check();
  }

  /** In calm weather nothing fails but what needs a person. */
  #endDisturbed(ended: Ended): void {
    const isExpected = this.chain.isExpected && this.areCredentialsGood;
    const isUsual = ended.kind === 'failed' && this.verdicts.isTrueVerdict(ended.code);
    if (isExpected && !isUsual && this.calmMs >= this.readers.longCalmMs) {
      this.violate(`an invocation ended in calm weather: ${JSON.stringify(ended)}`);
    }
  }

  /** After an hour of calm all is well, unless nobody could expect it to be. */
  checkEnd(): void {
    const { options, outside, time } = this.#simulation;
    if (this.losses.length > 0) return;
    if (!this.chain.isExpected && options.onBrokenChain === 'alarm') return;
    const [text = ''] = outside.stored.current?.refreshTokens ?? [];
    const isAccepted = outside.provider.accepts(text, time.nowMs);
    const isSpent = outside.provider.find(text)?.firstUsedAtMs !== undefined;
    if (!isAccepted || isSpent)
      this.violate('AWSCURRENT does not hold an unspent refresh token in the end');
  }
}
