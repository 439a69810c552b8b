import { labels } from '../../lambda/core/labels';
import { visibilityTimeoutMs } from '../../lambda/core/limits';
import { type ProviderRequest, windowMs } from '../outside/provider';
import type { Environment } from '../platform/environment';
import type { Ended, Invocation, Simulated } from '../simulated';
import type { Rules } from './rules';

const minuteMs = 60_000;
/** The provider's own words are asked for twice, and hold for so long: a verdict, and a tick more. */
const verdictLastsMs = 26 * minuteMs;
const fleetVerdictLastsMs = 42 * minuteMs;
const reissueSpacingMs = minuteMs;
/** Once nothing was made to fail for so long, whatever was used up has had its five minutes. */
const calmMs = 10 * minuteMs;
/** Refusals of one token in the invocation that finds it dead: two, and one more at its end. */
const verdictRefusals = 3;
/**
 * In such a time a process asks at the start and at the end of each delivery until a window is over,
 * and once more should one begin in its last second.
 */
const mostRefusals = verdictRefusals + 2 * (windowMs / visibilityTimeoutMs - 1) + 1;

interface Asks {
  readonly atMs: number[];
  /** Which processes have heard of it. */
  readonly environments: Set<Environment>;
}

interface Log {
  readonly expectedChain: boolean;
  readonly hadGoodCredentials: boolean;
  wereCredentialsRefused: boolean;
}

/** What the rotation says, in words or in deeds, about the chain and the credentials is true. */
export class Verdicts {
  /** The chain that `seed --replace` has reported as stored: nothing older is touched any more. */
  replacedBy: number | undefined;
  readonly #simulation: Simulated;
  readonly #checker: Rules;
  readonly #logs = new WeakMap<Invocation, Log>();
  /** When each refresh token was refused in the provider's own words. */
  readonly #refusedAtMs = new Map<string, number[]>();
  /** The same by who asked: the schedule, or one invocation by hand. */
  readonly #refusals = new Map<'queue' | Invocation, Map<string, Asks>>();

  constructor(simulation: Simulated, checker: Rules) {
    this.#simulation = simulation;
    this.#checker = checker;
  }

  beginInvocation(invocation: Invocation): void {
    this.#logs.set(invocation, {
      expectedChain: this.#checker.chain.isExpected && !this.#isSeedLagging(),
      hadGoodCredentials: this.#checker.areCredentialsGood,
      wereCredentialsRefused: false,
    });
  }

  /** A read need not see at once what a person has just seeded. */
  #isSeedLagging(): boolean {
    const { secrets } = this.#simulation.outside;
    const seeded = secrets.holderOf(labels.seeded);
    return seeded !== undefined && secrets.isLagging(seeded);
  }

  noteRefusal(invocation: Invocation, { refreshToken, clientSecret }: ProviderRequest): void {
    const log = this.#logs.get(invocation);
    const { acceptedSecrets } = this.#simulation.outside.provider;
    if (refreshToken === undefined) {
      if (log) log.wereCredentialsRefused = true;
      return;
    }
    // What a refused client is answered says nothing of the token.
    const isOfToken = acceptedSecrets.has(clientSecret);
    const subject = isOfToken ? refreshToken : `${refreshToken}, by a refused client`;
    const known = this.#refusedAtMs.get(subject) ?? [];
    known.push(this.#simulation.time.nowMs);
    this.#refusedAtMs.set(subject, known);
    this.#checkPace(invocation, subject);
  }

  /** The schedule's questions are bounded in a time; whoever else asks, as often as that, each by itself. */
  #checkPace(invocation: Invocation, subject: string): void {
    const { nowMs } = this.#simulation.time;
    const isScheduled = invocation.asked.by === 'queue';
    const log = this.#refusals.get(isScheduled ? 'queue' : invocation) ?? new Map<string, Asks>();
    this.#refusals.set(isScheduled ? 'queue' : invocation, log);
    const { atMs, environments } = log.get(subject) ?? { atMs: [], environments: new Set() };
    atMs.push(nowMs);
    log.set(subject, { atMs, environments: environments.add(invocation.environment) });
    if (this.#checker.calmMs < calmMs) return;
    const asks = atMs.filter((ms: number) => ms > nowMs - calmMs).length;
    const most = isScheduled ? this.#mostRefusalsOf(environments) : verdictRefusals;
    if (asks > most) this.#checker.violate('the provider is asked again and again');
  }

  /** Each process that joins in asks for a verdict of its own; one that begins after another was lost, for all. */
  #mostRefusalsOf(environments: ReadonlySet<Environment>): number {
    const { warm } = this.#simulation.environments;
    const lost = [...environments].filter((environment) => !warm.includes(environment)).length;
    const others = environments.size - lost - 1;
    return mostRefusals * (lost + 1) + verdictRefusals * others;
  }

  beforeTokenRequest(
    { hasReadSecret }: Invocation,
    { refreshToken, isOffline }: ProviderRequest,
  ): void {
    const { outside } = this.#simulation;
    if (refreshToken !== undefined) {
      const chain = outside.provider.find(refreshToken)?.chain ?? 0;
      // One that cannot read Secrets Manager goes on with what it has read before.
      if (hasReadSecret && chain < (this.replacedBy ?? 0)) {
        this.#checker.violate('a refresh token was sent of the chain that was replaced');
      }
      return;
    }
    if (!isOffline) return;
    this.#simulation.brokenChains += 1;
    const isReason = (text: string) => this.#refusalsOf(text).spanMs >= reissueSpacingMs;
    if (this.#checker.chain.isExpected && !this.#living().every(isReason)) {
      this.#checker.violate('a chain was reissued though the stored one is alive');
    }
  }

  checkFailure(invocation: Invocation, code: string): void {
    const log = this.#logs.get(invocation);
    const isSeeded = this.#checker.chain.isExpected && log?.expectedChain === true;
    const areGood = this.#checker.areCredentialsGood && log?.hadGoodCredentials === true;
    switch (code) {
      case 'ChainBroken':
        this.#simulation.brokenChains += 1;
        if (isSeeded && !this.#living().every((text) => this.#isRefusedTwice(text))) {
          this.#checker.violate('ChainBroken though the chain is alive');
        }
        return;
      case 'NotSeeded':
        if (isSeeded) this.#checker.violate('NotSeeded though it is seeded');
        return;
      case 'CredentialsRejected':
        if (areGood && !log?.wereCredentialsRefused) {
          this.#checker.violate('CredentialsRejected though a stored secret is accepted');
        }
        return;
      case 'InvalidEvent':
      case 'InvalidConfig':
        this.#checker.violate(`${code} was thrown`);
    }
  }

  /** A failure that is right in calm weather too. */
  isTrueVerdict(code: string): boolean {
    if (code === 'NotYet') return true;
    // A provider that gives no refresh tokens is asked for them.
    if (code === 'ProviderUnavailable') return this.#simulation.options.rotates === false;
    const isVerdict = code === 'ChainBroken' || code === 'DeadlineExceeded';
    return isVerdict && this.#living().every((text) => this.#isRefusedTwice(text));
  }

  checkSuccess(invocation: Invocation, ended: Extract<Ended, { kind: 'succeeded' }>): void {
    const log = this.#logs.get(invocation);
    if (ended.outcome === 'waiting') {
      if (log?.expectedChain) this.#checker.violate('it waits though it is seeded');
      return;
    }
    if (ended.outcome === 'reissued') this.#checker.chain.isExpected = true;
    const { outside, time } = this.#simulation;
    const { versionId } = ended;
    const isUndisturbed = this.#checker.calmMs > time.nowMs - invocation.startedAtMs;
    const isAlone = !this.#checker.chain.hasOverlapped(invocation);
    if (!isUndisturbed || !isAlone || invocation.asked.by === 'step') return;
    if (versionId !== undefined && versionId !== outside.secrets.holderOf('AWSCURRENT')) {
      this.#checker.violate('the version that is answered is not AWSCURRENT');
    }
  }

  /** Nothing of the chain before is current once the new one was reported as stored. */
  checkReplaced(): void {
    const { stored, provider } = this.#simulation.outside;
    const [text = ''] = stored.current?.refreshTokens ?? [];
    if ((provider.find(text)?.chain ?? 0) < (this.replacedBy ?? 0)) {
      this.#checker.violate('the chain that was replaced is AWSCURRENT again');
      this.replacedBy = undefined;
    }
  }

  /** Refresh tokens in the stores that are accepted. */
  #living(): string[] {
    const { stored } = this.#simulation.outside;
    return [...stored.refreshTokens()].filter((text) => this.#checker.chain.counts(text));
  }

  #isRefusedTwice(text: string): boolean {
    const { count, sinceLastMs } = this.#refusalsOf(text);
    const lastsMs = this.#simulation.options.isFleet ? fleetVerdictLastsMs : verdictLastsMs;
    return count >= 2 && sinceLastMs <= lastsMs;
  }

  #refusalsOf(text: string) {
    const times = this.#refusedAtMs.get(text) ?? [];
    const [firstMs = 0, lastMs = 0] = [times[0], times.at(-1)];
    return {
      count: times.length,
      spanMs: lastMs - firstMs,
      sinceLastMs: this.#simulation.time.nowMs - lastMs,
    };
  }
}
