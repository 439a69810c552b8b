import { escrowEntries, mostReceives, type Options, steps } from './options';

/** A refresh token as the provider knows it; its number is its place in the list. */
export interface Token {
  readonly parent: number;
  /** Step of the first use that was taken up; -1: none. */
  firstUse: number;
  dead: boolean;
  successor: number;
}

/** A token set in either store. */
export interface TokenSet {
  token: number;
  issued: number;
  open: boolean;
  sent: boolean;
}

export interface Message {
  readonly id: number;
  readonly sentAt: number;
  receives: number;
  firstReceived: number;
  visibleAt: number;
  readonly notBefore: number;
  readonly force: boolean;
}

export interface Invocation {
  /** The message it was delivered with; -1: by hand. */
  readonly message: number;
  readonly force: boolean;
  readonly followUp: boolean;
  /** Of the message, as it was when delivered. */
  readonly sentAt: number;
  readonly receives: number;
  readonly firstReceived: number;
  slots: number;
  /** It has read the client secret. */
  secret: boolean;
  phase: 'begin' | 'decide' | 'post' | 'answer' | 'merge';
  /** Nothing more to do in this step. */
  waits: boolean;
  token: number;
  /** The use is not known to be the token's only one. */
  dirty: boolean;
  sends: Record<number, number>;
  refusals: Record<number, number>;
  answer: number | 'none' | 'refused' | 'noRefreshToken';
  /** A token set that no store has taken. */
  held: TokenSet | null;
  rotated: boolean;
  /** The escrow as last read, and what a write of this invocation has overwritten. */
  seen: TokenSet[];
  overwritten: TokenSet[];
}

export interface State {
  t: number;
  tokens: Token[];
  versions: (TokenSet & { created: number })[];
  current: number;
  previous: number;
  escrow: TokenSet[];
  queue: Message[];
  /** Steps at which Scheduler will send. */
  scheduled: number[];
  ticks: number;
  invocations: Invocation[];
  /** Requests that were held back: token, and the last step at which they may be taken up. */
  late: [number, number][];
  faults: number;
  /** Steps until which each is away. */
  away: { provider: number; sm: number; ssm: number; smRead: number; ssmRead: number };
  allowance: number;
  byHand: number;
  /** What the environment keeps between invocations. */
  memory: { secret: boolean; held: TokenSet | null };
}

export type Next = [State, string];

const each = <T extends object>(list: readonly T[]): T[] => list.map((one) => ({ ...one }));

/** As deep as anything is ever changed in place; much faster than `structuredClone`. */
export const copy = (s: State): State => ({
  ...s,
  tokens: each(s.tokens),
  versions: each(s.versions),
  escrow: each(s.escrow),
  queue: each(s.queue),
  scheduled: [...s.scheduled],
  invocations: s.invocations.map((v) => ({
    ...v,
    sends: { ...v.sends },
    refusals: { ...v.refusals },
  })),
  late: [...s.late],
  away: { ...s.away },
  memory: { ...s.memory },
});

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The model has a fault');
  return value;
}

export const canWrite = (s: State, store: 'sm' | 'ssm') =>
  s.t >= s.away[store] && canRead(s, store);
export const canRead = (s: State, store: 'sm' | 'ssm') =>
  s.t >= (store === 'sm' ? s.away.smRead : s.away.ssmRead);

export function isAccepted(s: State, token: number): boolean {
  const { dead, firstUse } = must(s.tokens[token]);
  return !dead && (firstUse < 0 || s.t - firstUse < steps.window);
}

function revokeChildren(s: State, token: number, deep: boolean): void {
  s.tokens.forEach((each, number) => {
    if (each.parent !== token) return;
    each.dead = true;
    if (deep) revokeChildren(s, number, deep);
  });
}

/** The provider takes a request up: the successor, or -1 if it refuses. */
export function takeUp(o: Options, s: State, number: number): number {
  if (!isAccepted(s, number)) return -1;
  const token = must(s.tokens[number]);
  if (token.firstUse < 0) token.firstUse = s.t;
  if (o.semantics === 'same' && token.successor >= 0) return token.successor;
  if (o.semantics === 'revoke' || o.semantics === 'deep')
    revokeChildren(s, number, o.semantics === 'deep');
  token.successor = s.tokens.push({ parent: number, firstUse: -1, dead: false, successor: -1 }) - 1;
  return token.successor;
}

export const currentOf = (s: State) => must(s.versions[s.current]);

export function put(s: State, set: TokenSet): void {
  s.previous = s.current;
  s.current = s.versions.push({ ...set, created: s.t }) - 1;
}

function ancestorsOf(s: State, token: number): Set<number> {
  const ancestors = new Set<number>();
  for (let at = must(s.tokens[token]).parent; at >= 0; at = must(s.tokens[at]).parent)
    ancestors.add(at);
  return ancestors;
}

export function leaveEscrow(s: State, set: TokenSet): void {
  const gone = set.open || set.sent ? new Set<number>() : ancestorsOf(s, set.token);
  s.escrow = s.escrow.filter(({ token }) => token !== set.token && !gone.has(token));
}

const merged = (list: TokenSet[], sets: TokenSet[]) => [
  ...list.filter(({ token }) => !sets.some((set) => set.token === token)),
  ...sets,
];

/** Read, merge, write. A write in between is seen by the version, and merged by a second write. */
export function park(o: Options, s: State, v: Invocation, set: TokenSet): void {
  const unseen = s.escrow.filter(({ token }) => !v.seen.some((each) => each.token === token));
  v.overwritten = o.escrowMerge ? unseen : [];
  if (v.overwritten.length > 0) v.phase = 'merge';
  write(
    s,
    merged(
      s.escrow.filter((each) => !unseen.includes(each)),
      [{ ...set }],
    ),
  );
  v.seen = s.escrow.map((each) => ({ ...each }));
}

export function mergeAgain(s: State, v: Invocation): void {
  write(s, merged(v.overwritten, s.escrow));
  v.overwritten = [];
}

function write(s: State, list: TokenSet[]): void {
  s.escrow = list;
  while (s.escrow.length > escrowEntries) {
    const over = s.escrow.findIndex(({ token }) => !isAccepted(s, token));
    s.escrow.splice(Math.max(over, 0), 1);
  }
}

export function send(s: State, at: number, force: boolean, notBefore = -1): void {
  const id = (at + steps.messageLife) * 3 + (notBefore >= 0 ? 1 : force ? 2 : 0);
  const counts = { receives: 0, firstReceived: -1, visibleAt: at };
  s.queue.push({ id, sentAt: at, notBefore, force, ...counts });
}

/** What the message of an invocation has left to live. */
export function lifeLeft(s: State, v: Invocation): number {
  const receivesLeft = (mostReceives - v.receives) * steps.visibility;
  return Math.min(v.sentAt + steps.messageLife - s.t, receivesLeft);
}

/** The invocation ends; a message that failed stays in the queue. */
export function end(o: Options, s: State, v: Invocation, how: 'done' | 'failed' | 'died'): void {
  s.invocations.splice(s.invocations.indexOf(v), 1);
  if (how === 'done') s.queue = s.queue.filter(({ id }) => id !== v.message);
  if (how === 'died' || o.memory === 0) s.memory = { secret: false, held: null };
  else s.memory.held = v.held;
}
