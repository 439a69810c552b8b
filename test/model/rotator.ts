import { type Options, steps } from './options';
import {
  canRead,
  canWrite,
  copy,
  currentOf,
  end,
  type Invocation,
  isAccepted,
  leaveEscrow,
  lifeLeft,
  mergeAgain,
  must,
  type Next,
  park,
  put,
  type State,
  send,
  type TokenSet,
  takeUp,
} from './world';

/** What an invocation does next, with every answer that the outside may give. */
export function act(o: Options, before: State, place: number): Next[] {
  const s = copy(before);
  const v = must(s.invocations[place]);
  const who = v.message < 0 ? '[hand] ' : `[message of ${v.sentAt * 20} s, ${v.receives}] `;
  if (v.phase === 'begin') {
    v.phase = 'decide';
    if (v.message >= 0 || o.followUp === 0) return act(o, s, place);
    if (o.followUp === 3) {
      send(s, s.t, true);
      end(o, s, v, 'done');
      return [[s, `${who}sends a forced message, and does no more`]];
    }
    send(s, s.t, o.followUp === 2, s.t + steps.followUp);
    return [[s, `${who}sends a follow-up message`]];
  }
  if (v.phase === 'merge') {
    v.phase = 'decide';
    v.waits = true;
    mergeAgain(s, v);
    return [[s, `${who}merges what it overwrote in the escrow`]];
  }
  if (v.phase === 'answer') {
    const note = interpret(o, s, v);
    if ((v.phase as string) === 'merge') v.waits = false;
    return [[s, who + note]];
  }
  if (v.phase === 'post') return post(o, s, v, who);
  if (v.held) {
    const note = store(o, s, v, v.held);
    v.waits = true;
    return [[s, who + note]];
  }
  const note = decide(o, s, v);
  // If two may overlap, the other one may act between the decision and the request.
  return (v.phase as string) === 'post' && s.invocations.length === 1
    ? post(o, s, v, `${who}${note}`)
    : [[s, who + note]];
}

const isFresh = (s: State, set: TokenSet) => s.t - set.issued < steps.threshold;

/** Reads, decides and marks: leaves the invocation ended, waiting or about to send. */
function decide(o: Options, s: State, v: Invocation): string {
  const wait = (why: string) => {
    v.waits = true;
    return why;
  };
  const current = canRead(s, 'sm') ? currentOf(s) : null;
  const forced = v.force && !v.rotated;
  if (current) {
    const due =
      !isFresh(s, current) ||
      (current.sent && !current.open) ||
      (current.open && s.allowance > 0) ||
      (forced && (v.followUp || s.t - current.issued >= steps.visibility));
    const looks = o.repetitionLooks && v.receives > 1 && canRead(s, 'ssm') && s.escrow.length > 0;
    if (!due && !(looks && s.escrow.some(({ issued }) => issued > current.issued))) {
      end(o, s, v, 'done');
      return 'fresh';
    }
  }
  const readable = canRead(s, 'ssm');
  if (readable) v.secret = s.memory.secret = true;
  if (!v.secret) return wait('cannot read the client secret');
  const escrow = readable ? s.escrow : [];
  v.seen = escrow.map((each) => ({ ...each }));
  const sets = current ? [current, ...escrow] : o.escrowUnread ? escrow : [];
  if (sets.length === 0) return wait('cannot read AWSCURRENT');
  const head = sets.reduce((best, set) => (set.issued > best.issued ? set : best));
  const parked = head !== current;
  if (parked && current && canWrite(s, 'sm')) {
    put(s, { ...head });
    if (canWrite(s, 'ssm')) leaveEscrow(s, head);
    return `publishes ${named(head)} from the escrow`;
  }
  if (parked && !(o.escrowUse && (head.open || head.sent || (!current && !isFresh(s, head)))))
    return wait('a parked set waits for Secrets Manager');
  return use(o, s, v, { head, current, escrow, parked, forced }) ?? wait('ChainBroken');
}

interface Seen {
  head: TokenSet;
  current: TokenSet | null;
  escrow: TokenSet[];
  parked: boolean;
  forced: boolean;
}

/** Chooses the token to use, and marks it; undefined if none is left. */
function use(o: Options, s: State, v: Invocation, seen: Seen): string | undefined {
  const { head, current, escrow, parked } = seen;
  const stored = canRead(s, 'sm')
    ? [must(s.versions[Math.max(s.previous, 0)]), ...[...s.versions].reverse()]
    : [];
  const candidates = [head, ...(current ? [current] : []), ...[...escrow].reverse(), ...stored];
  const set = candidates.find(({ token }) => (v.refusals[token] ?? 0) < (o.askTwice ? 2 : 1));
  if (!set) return undefined;
  const isHead = set === head;
  const twins = [set, ...(current ? [current] : []), ...escrow];
  const isSent = twins.some(({ token, sent }) => token === set.token && sent);
  const marked = isSent || (v.sends[set.token] ?? 0) > 0;
  const fresh = current !== null && isFresh(s, current);
  const known = set.open || (fresh && !parked);
  const first = current !== null && isFirstDelivery(o, current, v);
  const unmarkable = !isHead && o.fallbackOpen === 1;
  const byHand = v.message < 0 && o.handOpen === 1 && !set.open;
  v.dirty = marked || unmarkable || byHand || (!known && !first);

  if (o.lifeRule && v.message >= 0 && isHead && !marked && lifeLeft(s, v) < steps.window) {
    // A use at the first receipt bears no mark, and its window may still be running.
    const mayBeUsed = v.receives > 1 && s.t < v.firstReceived + steps.window;
    const hadEnough = v.firstReceived + steps.window <= v.sentAt + steps.messageLife;
    const before = mayBeUsed && hadEnough;
    if ((!set.open || o.lifeRuleOpen) && !(o.lifeRuleFirstReceipt && before)) {
      if (o.lifeRule === 2) send(s, s.t, false, s.t);
      end(o, s, v, 'done');
      return `is ${o.lifeRule === 2 ? 'renewed' : 'dropped'}: too little to live for a first use`;
    }
  }
  let note = '';
  if (o.mark && !marked) {
    if (parked || !isHead) {
      const entry = s.escrow.find(({ token }) => token === set.token);
      if (canWrite(s, 'ssm')) {
        if (entry) entry.sent = true;
      } else if (isHead) {
        v.waits = true;
        return 'cannot mark, so does not send';
      }
    } else if (known || !first) {
      if (canWrite(s, 'sm')) {
        currentOf(s).sent = true;
        note = 'marks, ';
      } else if ((set.open || (!known && o.markInEscrow)) && canWrite(s, 'ssm')) {
        park(o, s, v, { ...set, sent: true });
        if (v.overwritten.length > 0) mergeAgain(s, v);
        note = 'marks in the escrow, ';
      } else if (!set.open && (known || o.markRequired)) {
        end(o, s, v, 'failed');
        return 'cannot mark, so does not send';
      }
    }
  }
  if (set.open && fresh) s.allowance -= 1;
  v.token = set.token;
  v.phase = 'post';
  return note;
}

function isFirstDelivery(o: Options, current: TokenSet, v: Invocation): boolean {
  if (!o.firstDelivery) return true;
  const { issued } = current;
  const created = 'created' in current ? Number(current.created) : issued;
  const periodBefore = v.sentAt - o.period;
  const wasDue = periodBefore - issued >= steps.threshold && created <= periodBefore;
  return v.message >= 0 && v.receives === 1 && !v.followUp && !wasDue;
}

function answer(v: Invocation, how: Invocation['answer']): void {
  v.answer = how;
}

function post(o: Options, s: State, v: Invocation, who: string): Next[] {
  v.phase = 'answer';
  const { token } = v;
  v.sends[token] = (v.sends[token] ?? 0) + 1;
  const place = s.invocations.indexOf(v);
  const text = `${who}sends ${token}${v.dirty ? ' (dirty)' : ''}`;
  const branch = (
    name: string,
    fault: boolean,
    change: (n: State, w: Invocation) => void,
  ): Next => {
    const n = copy(s);
    if (fault) n.faults -= 1;
    change(n, must(n.invocations[place]));
    return [n, `${text}: ${name}`];
  };
  if (s.t < s.away.provider) return [branch('provider away', false, (_, w) => answer(w, 'none'))];
  const answered = (n: State, w: Invocation) => {
    const successor = takeUp(o, n, token);
    w.answer = successor < 0 ? 'refused' : successor;
  };
  const nexts = [branch('answered', false, answered)];
  const { firstUse } = must(s.tokens[token]);
  const mayFail = firstUse < 0 || s.t < firstUse + steps.promise;
  if (s.faults === 0 || s.t > o.faultsUntil || !mayFail) return nexts;
  const kinds = o.kinds.split(',');
  const fault = (kind: string, change: (n: State, w: Invocation) => void) => {
    if (kinds.includes(kind)) nexts.push(branch(kind, true, change));
  };
  fault('never', (_, w) => answer(w, 'none'));
  if (!isAccepted(s, token)) return nexts;
  fault('lost', (n, w) => {
    takeUp(o, n, token);
    w.answer = 'none';
  });
  fault('late', (n, w) => {
    n.late.push([token, n.t + o.latest]);
    w.answer = 'none';
  });
  fault('noRefreshToken', (n, w) => {
    takeUp(o, n, token);
    w.answer = 'noRefreshToken';
  });
  fault('refused', (_, w) => answer(w, 'refused'));
  return nexts;
}

/** What an answer means: a token set to store, or that the token is to be used again. */
function interpret(o: Options, s: State, v: Invocation): string {
  const { answer, token } = v;
  v.phase = 'decide';
  if (answer === 'refused') {
    v.refusals[token] = (v.refusals[token] ?? 0) + 1;
    return `${token} was refused`;
  }
  v.waits = true;
  if (answer === 'none') return `has no answer${o.writeDownLost ? writeDown(o, s, v) : ''}`;
  v.rotated = true;
  return answer === 'noRefreshToken'
    ? store(o, s, v, { token, issued: s.t, open: true, sent: true })
    : store(o, s, v, {
        token: answer,
        issued: s.t,
        open: v.dirty || must(v.sends[token]) > 1,
        sent: false,
      });
}

function writeDown(o: Options, s: State, v: Invocation): string {
  const current = currentOf(s);
  const isCurrent = current.token === v.token;
  let note = '';
  if (isCurrent && !current.sent && canWrite(s, 'sm')) {
    current.sent = true;
    note = ', marks';
    if (!o.parkLost) return note;
  }
  const parked = s.escrow.find(({ token }) => token === v.token);
  const set = parked ?? (isCurrent ? current : undefined);
  if (!set || (parked?.sent ?? false) || !canWrite(s, 'ssm')) return note;
  park(o, s, v, { ...set, sent: true });
  return `${note}, parks the mark`;
}

const named = (set: TokenSet) => `${set.token}${set.open ? ' OPEN' : ''}${set.sent ? ' SENT' : ''}`;

function store(o: Options, s: State, v: Invocation, set: TokenSet): string {
  v.held = null;
  if (canWrite(s, 'sm')) {
    put(s, set);
    if (canWrite(s, 'ssm')) leaveEscrow(s, set);
    if (o.parkLost && set.sent && canWrite(s, 'ssm')) park(o, s, v, set);
    if (!set.open || !o.confirm) end(o, s, v, 'done');
    return `stores ${named(set)}`;
  }
  if (canWrite(s, 'ssm')) {
    park(o, s, v, set);
    return `parks ${named(set)}`;
  }
  v.held = set;
  return `holds ${named(set)}: no store takes it`;
}
