import { refreshTokenOf, type StoredTokens } from '../../lambda/core/tokenSet';
import type { TokenRequest } from '../../lambda/effects/provider';
import type { ContainerMemory } from '../../lambda/rotator/memory';
import { connection, currentText, escrowText, isChainStored, tokensIn } from './chainState';
import type { Call } from './faults';
import type { Ended, Invocation, Simulation } from './simulation';

/** Twice the schedule's period and an invocation: by then calm weather has mended everything. */
const longCalmMs = 11 * 60_000;
/** How early a rotation is due, the function's default. */
const marginMs = 2_400_000;
/** The longest way through recovery, with every call repeated as often as its budget allows. */
const mostCallsPerInvocation = 120;

const changesState: ReadonlySet<Call> = new Set<Call>([
  'provider.requestToken',
  'secrets.put',
  'secrets.moveStage',
  'parameters.remove',
]);

interface InvocationLog {
  readonly refused: { readonly token: string; readonly secret: string }[];
  readonly acceptedSecrets: Set<string>;
  readonly done: Set<Call>;
  /** What could be expected when the invocation began: operators may change it meanwhile. */
  readonly chainExpected: boolean;
  readonly credentialsGood: boolean;
}

/**
 * What must hold after each step of every history. Each rule knows the whole simulated world, the
 * provider's side too, and none of the rotation's own reasoning.
 */
export class Properties {
  readonly violations: string[] = [];
  /** Violations of the one kind that nothing could prevent; see `isLostInRace`. */
  excused = 0;
  /** Off while nobody has seeded the connection, or an administrator has revoked its chain. */
  chainExpected = false;
  /** Off while the client secrets in the parameters are not the provider's. */
  credentialsGood = true;
  /** Off until a first access token is there. */
  readersExpectFresh = false;

  readonly #simulation: Simulation;
  readonly #logs = new WeakMap<Invocation, InvocationLog>();
  readonly #knownRefused = new WeakMap<ContainerMemory, Set<string>>();
  readonly #issuedTo = new Map<string, { order: number; invocation: Invocation | undefined }>();
  #lastTroubleMs: number;
  #lastLongCalmEndMs = Number.NEGATIVE_INFINITY;
  #running = new Set<Invocation>();
  #overlapped = false;
  #reseededAmid = false;
  #parsed: { text: string; tokens: StoredTokens | undefined } = { text: '', tokens: undefined };

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#lastTroubleMs = simulation.time.nowMs;
  }

  violate(what: string): void {
    const minute = (this.#nowMs - Date.parse('2026-01-01T00:00:00.000Z')) / 60_000;
    this.violations.push(`minute ${minute.toFixed(2)}, effect ${this.#effects}: ${what}`);
  }

  get #nowMs(): number {
    return this.#simulation.time.nowMs;
  }

  get #effects(): number {
    return this.#simulation.trace.length;
  }

  /** Something was made to fail just now: readers may have to wait for calm weather. */
  trouble(): void {
    if (this.#nowMs - this.#lastTroubleMs >= longCalmMs) this.#lastLongCalmEndMs = this.#nowMs;
    this.#lastTroubleMs = this.#nowMs;
  }

  /** The schedule has been paused: until it has run again, readers expect nothing. */
  afterPause(): void {
    this.#lastTroubleMs = this.#nowMs;
    this.#lastLongCalmEndMs = Number.NEGATIVE_INFINITY;
    this.readersExpectFresh = false;
  }

  beforeInvocation(invocation: Invocation): void {
    this.#running.add(invocation);
    if (this.#running.size > 1) this.#overlapped = true;
    const { chainExpected, credentialsGood } = this;
    const nothing = { refused: [], acceptedSecrets: new Set<string>(), done: new Set<Call>() };
    this.#logs.set(invocation, { ...nothing, chainExpected, credentialsGood });
  }

  /** The state of the stores, whenever it may have changed and whenever time has passed. */
  check(): void {
    const tokens = this.#currentTokens();
    if (tokens === undefined) this.violate('AWSCURRENT cannot be parsed');
    if (tokens?.kind === 'issued') this.#checkReader(tokens.tokenSet);
    if (!this.chainExpected || this.#isChainAlive(tokens)) return;
    this.chainExpected = false;
    if (this.#isLostInRace(tokens)) this.excused += 1;
    else this.violate('no stored refresh token is accepted any more');
  }

  afterEffect(invocation: Invocation, call: Call): void {
    this.#logs.get(invocation)?.done.add(call);
    if (changesState.has(call)) this.check();
  }

  /**
   * An operator has stored a new chain. A rotation that is under way may still publish over it;
   * the new chain is then AWSPREVIOUS, and the one before goes on.
   */
  afterReseeding(): void {
    this.chainExpected = true;
    this.trouble();
    if (this.#running.size > 0) this.#reseededAmid = true;
  }

  afterInvocation(invocation: Invocation, ended: Ended): void {
    this.#running.delete(invocation);
    if (this.#running.size === 0) this.#reseededAmid = false;
    if (invocation.calls > mostCallsPerInvocation) {
      this.violate(`an invocation made ${invocation.calls} calls`);
    }
    this.#rememberRefusals(invocation);
    if (ended.kind === 'failed') this.#checkFailure(invocation, ended.code);
    if (ended.kind !== 'succeeded') this.trouble();
    this.check();
  }

  /** After more than an hour of calm the stored chain works, unless nobody could expect it to. */
  checkEnd(): void {
    const token = refreshTokenIn(this.#currentTokens());
    const mayBeBroken = !this.chainExpected && this.#simulation.options.onBrokenChain === 'alarm';
    if (mayBeBroken) return;
    if (token === undefined || !this.#simulation.durable.provider.accepts(token, this.#nowMs)) {
      this.violate('AWSCURRENT does not hold a living refresh token in the end');
    }
  }

  #checkFailure(invocation: Invocation, code: string): void {
    const log = this.#logs.get(invocation);
    const seeded = this.chainExpected && log?.chainExpected;
    if (code === 'ChainBroken') this.#simulation.consultedOnBrokenChain = true;
    if (code === 'ChainBroken' && seeded) this.violate('ChainBroken though the chain is alive');
    if (code === 'NotSeeded' && seeded) this.violate('NotSeeded though it is seeded');
    if (code === 'CredentialsRejected' && this.credentialsGood && log?.credentialsGood) {
      this.violate('CredentialsRejected though a stored secret is accepted');
    }
    if (code === 'InvalidEvent' || code === 'InvalidConfig') this.violate(`${code} was thrown`);
  }

  /** A token known to be refused is never sent again by the container that knows it. */
  afterTokenRequest(
    invocation: Invocation,
    request: TokenRequest,
    answer: { status: number; isDelivered: boolean; refreshToken: string | undefined },
  ): void {
    const token = request.refreshToken?.reveal();
    const secret = request.clientSecret.reveal();
    const { provider } = this.#simulation.durable;
    const log = this.#logs.get(invocation);
    if (log === undefined) return;
    if (!log.done.has('secrets.readCurrent') || !log.done.has('parameters.read')) {
      this.violate('a request was sent before secret and parameters were read');
    }
    if (token !== undefined) this.#checkEscrowFirst(invocation, token);
    if (token === undefined && request.offline && this.chainExpected && log.chainExpected) {
      this.violate('a chain was issued anew though the stored one is alive');
    }
    if (answer.status === 200) {
      if (answer.refreshToken !== undefined) this.noteIssued(answer.refreshToken, invocation);
      if (answer.isDelivered) log.acceptedSecrets.add(secret);
    } else if (token !== undefined && !provider.accepts(token, this.#nowMs)) {
      if (this.#knownRefused.get(invocation.memory)?.has(token)) {
        this.violate('a refresh token known to be refused was sent again');
      }
      if (answer.isDelivered) log.refused.push({ token, secret });
    }
    this.#rememberRefusals(invocation);
  }

  noteIssued(refreshToken: string, invocation?: Invocation): void {
    if (this.#issuedTo.has(refreshToken)) return;
    this.#issuedTo.set(refreshToken, { order: this.#issuedTo.size, invocation });
  }

  /** Publish before you refresh: nothing older is spent while a newer token set is in the escrow. */
  #checkEscrowFirst(invocation: Invocation, sent: string): void {
    // A seeded secret is dated by AWS, the escrow by a container whose clock may be wrong.
    if (this.#overlapped || invocation.container.skewMs !== 0) return;
    const escrowed = refreshTokenIn(tokensIn(escrowText(this.#simulation.durable)));
    const order = (token: string | undefined) => this.#issuedTo.get(token ?? '')?.order ?? -1;
    if (order(escrowed) > order(sent)) {
      this.violate('a refresh token was spent while a newer token set was in the escrow');
    }
  }

  /** A refusal is known for what it is once the same secret was accepted in the same invocation. */
  #rememberRefusals(invocation: Invocation): void {
    const log = this.#logs.get(invocation);
    for (const { token, secret } of log?.refused ?? []) {
      if (!log?.acceptedSecrets.has(secret)) continue;
      const known = this.#knownRefused.get(invocation.memory) ?? new Set();
      this.#knownRefused.set(invocation.memory, known.add(token));
    }
  }

  /** Nothing valid is overwritten by something older. */
  beforeCurrentMoves(text: string): void {
    if (this.#overlapped || this.#reseededAmid || this.#isMisdated()) return;
    const next = refreshTokenIn(tokensIn(text));
    const now = refreshTokenIn(this.#currentTokens());
    if (next === undefined || now === undefined || next === now) return;
    const { provider } = this.#simulation.durable;
    const [nextOrder, nowOrder] = [next, now].map(
      (token) => this.#issuedTo.get(token)?.order ?? -1,
    );
    if ((nextOrder ?? 0) < (nowOrder ?? 0) && provider.accepts(now, this.#nowMs)) {
      this.violate('a valid token set was overwritten by an older one');
    }
  }

  /** A seeded secret is dated by AWS; against it, a container whose clock is wrong misjudges. */
  #isMisdated(): boolean {
    const isSkewed = this.#simulation.containers.some(({ skewMs }) => skewMs !== 0);
    return isSkewed && this.#currentTokens()?.kind === 'seeded';
  }

  #checkReader({
    accessToken,
    expiresAtMs,
  }: {
    accessToken: { reveal(): string };
    expiresAtMs: number;
  }) {
    const { provider } = this.#simulation.durable;
    if (provider.accessTokenContext(accessToken.reveal()) === undefined) {
      this.violate('AWSCURRENT holds an access token that the provider never issued');
    }
    if (provider.isAccessTokenValid(accessToken.reveal(), this.#nowMs)) {
      this.readersExpectFresh = true;
      return;
    }
    if (!this.readersExpectFresh || !this.chainExpected || !this.credentialsGood) return;
    const calmMs = this.#nowMs - this.#lastTroubleMs;
    const calmWhenDue = this.#lastLongCalmEndMs >= expiresAtMs - marginMs + longCalmMs;
    if (calmMs >= longCalmMs || calmWhenDue) this.violate('a reader sees an expired access token');
  }

  #currentTokens(): StoredTokens | undefined {
    const text = currentText(this.#simulation.durable) ?? '';
    if (this.#parsed.text !== text) this.#parsed = { text, tokens: tokensIn(text) };
    return this.#parsed.tokens;
  }

  #isChainAlive(current: StoredTokens | undefined): boolean {
    const { durable, containers } = this.#simulation;
    const token = refreshTokenIn(current);
    if (token !== undefined && durable.provider.accepts(token, this.#nowMs)) return true;
    const held = containers.map(
      ({ memory }) => memory.of(connection).unpublished?.refreshToken.reveal() ?? '',
    );
    if (held.some((kept) => durable.provider.accepts(kept, this.#nowMs))) return true;
    return isChainStored(durable, this.#nowMs);
  }

  /**
   * The one history that nothing can save: two invocations refreshed with the same token at once,
   * the provider let the second revoke the first's successor, and the second died, or met two
   * stores that were out, before it could store its own. The winner's token set looks fresh, so
   * nobody asks again inside the 5 minutes.
   */
  #isLostInRace(current: StoredTokens | undefined): boolean {
    if (!this.#overlapped || this.#simulation.options.secondUse !== 'revokes-first') return false;
    const token = refreshTokenIn(current) ?? '';
    const { provider } = this.#simulation.durable;
    if (provider.refreshTokenState(token).state !== 'revoked') return false;
    const owner = this.#issuedTo.get(token);
    return [...this.#issuedTo.entries()].some(
      ([other, { order, invocation }]) =>
        order > (owner?.order ?? 0) &&
        invocation !== owner?.invocation &&
        provider.refreshTokenState(other).state === 'unused',
    );
  }
}

const refreshTokenIn = (tokens: StoredTokens | undefined) =>
  tokens && refreshTokenOf(tokens)?.reveal();
