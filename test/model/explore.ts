import type { Options } from './options';
import { next, starts } from './platform';
import { currentOf, isAccepted, type State } from './world';

export interface Exploration {
  readonly states: number;
  readonly verdict: 'holds' | 'lost' | 'bad end' | 'too many states';
  readonly why: string;
  /** The shortest history that leads there, a line for each event. */
  readonly history: string[];
  readonly largestEscrow: number;
}

interface Node {
  state: State | undefined;
  readonly t: number;
  readonly from: Node | undefined;
  readonly note: string;
}

/** Visits every history, the shortest first, until one loses the chain. */
export function explore(o: Options): Exploration {
  const seen = new StateSet();
  const rest = (state: State) => state.t >= o.horizon;
  let level: Node[] = starts(o).map((state) => ({
    state,
    t: 0,
    from: undefined,
    note: opening(o, state),
  }));
  let states = level.length;
  let largestEscrow = 0;
  let bad: { why: string; node: Node } | undefined;
  while (level.length > 0) {
    const following: Node[] = [];
    for (const node of level) {
      const { state } = node;
      if (!state) continue;
      largestEscrow = Math.max(largestEscrow, state.escrow.length);
      if (isLost(state))
        return {
          states,
          verdict: 'lost',
          why: 'nothing stored is accepted',
          history: historyOf(node),
          largestEscrow,
        };
      if (rest(state)) {
        const why = badEnd(o, state);
        if (why && !bad) bad = { why, node };
        continue;
      }
      for (const [after, note] of next(o, state)) {
        if (!seen.add(after)) continue;
        states += 1;
        following.push({ state: after, t: after.t, from: node, note });
      }
      node.state = undefined;
      if (states > o.mostStates)
        return {
          states,
          verdict: 'too many states',
          why: `no loss up to ${node.t * 20} s`,
          history: [],
          largestEscrow,
        };
    }
    level = following;
  }
  return bad
    ? { states, verdict: 'bad end', why: bad.why, history: historyOf(bad.node), largestEscrow }
    : { states, verdict: 'holds', why: '', history: [], largestEscrow };
}

/** Nothing stored anywhere, or on its way into a store, is accepted. */
function isLost(s: State): boolean {
  if ([...s.versions, ...s.escrow].some(({ token }) => isAccepted(s, token))) return false;
  if (s.memory.held && isAccepted(s, s.memory.held.token)) return false;
  return !s.invocations.some(
    ({ held, answer, phase, overwritten }) =>
      (held && isAccepted(s, held.token)) ||
      overwritten.some(({ token }) => isAccepted(s, token)) ||
      (phase === 'answer' && typeof answer === 'number' && isAccepted(s, answer)),
  );
}

function badEnd(o: Options, s: State): string {
  const { token, open, sent, issued } = currentOf(s);
  if (!isAccepted(s, token)) return 'AWSCURRENT is dead, a live rival is stored';
  if (s.t < Math.max(s.away.sm, s.away.smRead, s.away.ssmRead)) return '';
  if ((open && o.allowance > 0) || (sent && !open)) return 'AWSCURRENT is still open';
  return o.scenario === 'pile' && issued < 0 ? 'the token was never refreshed' : '';
}

function opening(o: Options, s: State): string {
  if (o.scenario !== 'pile') return 'begin';
  const messages = s.queue.map(({ sentAt, receives }) => `${sentAt * 20} s (${receives} receives)`);
  return `messages of ${messages.join(', ')}; token due at ${(currentOf(s).issued + 60) * 20} s`;
}

function historyOf(node: Node): string[] {
  const lines: string[] = [];
  for (let at: Node | undefined = node; at; at = at.from)
    if (at.note) lines.unshift(`${String(at.t * 20).padStart(5)} s  ${at.note}`);
  return lines;
}

/** Remembers 53 bits of each state. */
class StateSet {
  private readonly parts = Array.from({ length: 64 }, () => new Set<number>());

  /** Whether it is new. */
  add(state: State): boolean {
    const text = JSON.stringify(state);
    let a = 2166136261;
    let b = 0x9e3779b9;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      a = Math.imul(a ^ code, 16777619);
      b = Math.imul(b + code, 0x85ebca6b) ^ (b >>> 13);
    }
    const key = (a >>> 0) * 2097152 + ((b >>> 0) & 0x1fffff);
    const part = this.parts[key % 64];
    if (!part || part.has(key)) return false;
    part.add(key);
    return true;
  }
}
