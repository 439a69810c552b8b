import { labels } from '../../lambda/core/labels';
import { versionBudget } from '../../lambda/core/limits';
import type { RefreshToken } from '../outside/provider';
import type { Environment } from '../platform/environment';
import type { Invocation, Simulated } from '../simulated';

/** What the provider made of a token request, as far as it is known at once. */
export interface RequestResult {
  readonly successor: string | undefined;
  /** Whether the client gets the successor. */
  readonly isReceived: boolean;
  /** Whether the client sees that it is refused, in the provider's own words. */
  readonly isRefused: boolean;
}

/** A chain that is lost, and why nothing could save it, if so. */
export interface Loss {
  readonly isExcused: boolean;
  readonly why: WhyLost | undefined;
}

/** The ways to lose the chain that `docs/promise.md` names. */
export const whyLost = ['overlapping', 'lateDescent', 'allowanceSpent'] as const;
export type WhyLost = (typeof whyLost)[number];

/**
 * Whether the chain is alive: some refresh token of it is accepted that a store holds, or a process
 * that is still there.
 */
export class Chain {
  /** Off while nobody has seeded the connection, or an administrator has revoked its chain. */
  isExpected = false;
  /** The chain that a person began last: of an older one nothing counts but what a person put back. */
  since = 1;
  #putBack: { readonly token: RefreshToken; readonly atMs: number } | undefined;
  readonly #simulation: Simulated;
  /** Which invocation's request brought a refresh token. */
  readonly #bringers = new Map<string, Invocation>();
  /** Which processes have sent a refresh token and were not refused. */
  readonly #users = new Map<string, Set<Environment>>();
  readonly #overlapping = new Map<Invocation, Set<Invocation>>();

  constructor(simulation: Simulated) {
    this.#simulation = simulation;
  }

  beginInvocation(invocation: Invocation): void {
    const others = [...this.#simulation.running].filter((other) => other !== invocation);
    if (others.length === 0) return;
    this.#overlapping.set(invocation, new Set(others));
    for (const other of others) {
      const known = this.#overlapping.get(other) ?? new Set();
      this.#overlapping.set(other, known.add(invocation));
    }
  }

  hasOverlapped(invocation: Invocation): boolean {
    return this.#overlapping.has(invocation);
  }

  /** Whether a process has sent a refresh token which is still accepted. */
  isUser(environment: Environment): boolean {
    for (const [text, users] of this.#users) {
      if (users.has(environment) && this.counts(text)) return true;
    }
    return false;
  }

  afterTokenRequest(
    invocation: Invocation,
    refreshToken: string | undefined,
    { successor, isReceived, isRefused }: RequestResult,
  ): void {
    if (refreshToken !== undefined && !isRefused) {
      const users = this.#users.get(refreshToken) ?? new Set();
      this.#users.set(refreshToken, users.add(invocation.environment));
      invocation.environment.held.add(refreshToken);
    }
    if (successor === undefined) return;
    this.#bringers.set(successor, invocation);
    if (isReceived) invocation.environment.held.add(successor);
  }

  /** Returns how the chain was lost, once. */
  check(): Loss | undefined {
    if (!this.isExpected || this.isAlive()) return undefined;
    this.isExpected = false;
    return this.#loss();
  }

  isAlive(): boolean {
    const { outside, environments } = this.#simulation;
    for (const text of outside.stored.refreshTokens()) if (this.counts(text)) return true;
    for (const { held } of environments.warm) {
      for (const text of held) if (this.counts(text)) return true;
    }
    return false;
  }

  /** Whether a refresh token is accepted and belongs to the chain that is to be kept. */
  counts(text: string): boolean {
    const { provider } = this.#simulation.outside;
    if (!provider.accepts(text, this.#simulation.time.nowMs)) return false;
    const token = provider.find(text);
    return token !== undefined && (token.chain >= this.since || this.#cameOfPutBack(token));
  }

  get putBackToken(): string | undefined {
    return this.#putBack?.token.text;
  }

  /** A person has begun another chain. */
  begin(chain: number): void {
    this.isExpected = true;
    this.since = chain;
    this.#putBack = undefined;
  }

  /**
   * A person has put a version back: its refresh token counts, and what comes of that from now on. If
   * it came of what was put back before, that still counts.
   */
  putBack(text: string): void {
    const { outside, time } = this.#simulation;
    const token = outside.provider.find(text);
    if (token && this.#cameOfPutBack(token)) return;
    this.#putBack = token && { token, atMs: time.nowMs };
  }

  #cameOfPutBack(token: RefreshToken): boolean {
    if (this.#putBack === undefined) return false;
    const { token: first, atMs } = this.#putBack;
    let next: RefreshToken | undefined = token;
    while (next && next !== first && next.issuedAtMs >= atMs) next = next.parent;
    return next === first;
  }

  #loss(): Loss {
    const { secondUse } = this.#simulation.options;
    const none: Loss = { isExcused: false, why: undefined };
    if (!secondUse.startsWith('revokes')) return none;
    const tokens = this.#forebears();
    if (tokens.some((token) => this.#isLostInOverlap(token))) {
      return { isExcused: true, why: 'overlapping' };
    }
    // The held request may be taken up in the last moment of the window, after any other use.
    const isLate = tokens.some((token) => this.#isLostToLateRequest(token));
    if (!isLate) return none;
    if (secondUse === 'revokes-descent') return { isExcused: true, why: 'lateDescent' };
    return this.#isLeftOpen() ? { isExcused: true, why: 'allowanceSpent' } : none;
  }

  /**
   * What was revoked is an open end in AWSCURRENT that was not confirmed: the day has had all the
   * confirmations that Secrets Manager has room for.
   */
  #isLeftOpen(): boolean {
    const { outside, time } = this.#simulation;
    const { secrets, stored, provider } = outside;
    const current = secrets.holderOf('AWSCURRENT');
    if (current === undefined || secrets.holderOf(labels.open) !== current) return false;
    const [text = ''] = stored.current?.refreshTokens ?? [];
    if (provider.find(text)?.isRevoked !== true) return false;
    const recent = secrets.writtenAtMs.filter((atMs) => atMs > time.nowMs - versionBudget.windowMs);
    const extra = recent.filter(
      (atMs, at) => at > 0 && atMs - (recent[at - 1] ?? 0) < versionBudget.usualGapMs,
    );
    return extra.length >= versionBudget.mostExtra || recent.length >= versionBudget.most;
  }

  /** Stored refresh tokens and all that they came from. */
  #forebears(): readonly RefreshToken[] {
    const { provider, stored } = this.#simulation.outside;
    const found = new Set<RefreshToken>();
    for (const text of stored.refreshTokens()) {
      for (let token = provider.find(text); token; token = token.parent) found.add(token);
    }
    return [...found];
  }

  /**
   * Two invocations at once have sent this token, the provider let the second use revoke what the
   * first had brought, and the process that was given the second one's successor ended before it
   * could store it.
   */
  #isLostInOverlap({ successors }: RefreshToken): boolean {
    const last = successors.at(-1);
    const bringer = last && this.#bringers.get(last.text);
    if (last === undefined || bringer === undefined || this.#isStored(last)) return false;
    if (bringer.ended?.kind !== 'died' && bringer.ended?.kind !== 'timedOut') return false;
    const others = this.#overlapping.get(bringer);
    return successors.some((successor) => {
      const other = this.#bringers.get(successor.text);
      return successor.isRevoked && other !== undefined && (others?.has(other) ?? false);
    });
  }

  /** The last use of this token was taken up when nobody listened any more. */
  #isLostToLateRequest({ successors }: RefreshToken): boolean {
    const last = successors.at(-1);
    return (
      last !== undefined &&
      !this.#bringers.has(last.text) &&
      !this.#isStored(last) &&
      successors.some(({ isRevoked }) => isRevoked)
    );
  }

  #isStored({ text }: RefreshToken): boolean {
    for (const stored of this.#simulation.outside.stored.refreshTokens()) {
      if (stored === text) return true;
    }
    return false;
  }
}
