import { mostReceives, type Options, steps } from './options';
import { act } from './rotator';
import {
  copy,
  end,
  type Invocation,
  isAccepted,
  type Message,
  must,
  type Next,
  type State,
  send,
  type TokenSet,
  takeUp,
} from './world';

/** The states that a history may begin with. */
export function starts(o: Options): State[] {
  const first: TokenSet = { token: 0, issued: -steps.threshold, open: false, sent: false };
  const s: State = {
    t: 0,
    tokens: [{ parent: -1, firstUse: -1, dead: false, successor: -1 }],
    versions: [{ ...first, created: -steps.threshold }],
    ...{ current: 0, previous: -1, escrow: [], queue: [], scheduled: [], ticks: 0 },
    ...{ invocations: [], late: [], faults: o.faults, allowance: o.allowance, byHand: 0 },
    away: { provider: 0, sm: 0, ssm: 0, smRead: 0, ssmRead: 0 },
    memory: { secret: false, held: null },
  };
  if (o.scenario === 'overlap') s.byHand = 1;
  if (o.scenario === 'forced') {
    s.byHand = 1;
    must(s.versions[0]).issued = must(s.versions[0]).created = -steps.visibility;
    s.ticks = 1;
  }
  return o.scenario === 'pile' ? piles(o, s) : [s];
}

/**
 * Messages of an outage that ends now: how old the oldest is, how often it came, when the token was
 * due, whether the next ticks are late.
 */
function piles(o: Options, start: State): State[] {
  const all: State[] = [];
  const ages = Array.from({ length: 24 }, (_, place) => steps.messageLife - 24 + place);
  for (const age of ages)
    for (const receives of new Set([
      0,
      Math.min(Math.floor(age / steps.visibility), mostReceives - 1),
    ]))
      for (const dueAt of [-age, -age + 1, -age + o.period].filter((at) => at <= 0))
        for (const late of [0, o.jitter])
          all.push(pile(o, copy(start), { age, receives, dueAt, late }));
  return all;
}

interface Pile {
  readonly age: number;
  readonly receives: number;
  readonly dueAt: number;
  readonly late: number;
}

function pile(o: Options, s: State, { age, receives, dueAt, late }: Pile): State {
  const version = must(s.versions[0]);
  version.issued = version.created = dueAt - steps.threshold;
  s.ticks = Number.MAX_SAFE_INTEGER;
  for (let at = -age; at <= o.horizon; at += o.period)
    if (at <= 0) send(s, at, false);
    else s.scheduled.push(at + late);
  Object.assign(must(s.queue[0]), { receives, firstReceived: -age, visibleAt: 0 });
  return s;
}

export function next(o: Options, s: State): Next[] {
  const sent = tick(o, s) ?? deliver(o, s);
  if (sent) return sent;
  const nexts = [...begunByHand(s), ...takenUpLate(o, s), ...outages(o, s), ...deaths(o, s)];
  const busy = s.invocations.flatMap((v, place) => (v.waits ? [] : [place]));
  for (const place of busy) nexts.push(...act(o, s, place));
  if (busy.length === 0) nexts.push([timeGoesOn(o, s), '']);
  return nexts;
}

function tick(o: Options, before: State): Next[] | undefined {
  if (before.t === before.ticks * o.period) {
    const s = copy(before);
    s.ticks += 1;
    const prompt = copy(s);
    prompt.scheduled.push(s.t);
    s.scheduled.push(s.t + o.jitter);
    const late = `a tick will be ${o.jitter * 20} s late`;
    return o.jitter > 0
      ? [
          [prompt, 'a tick'],
          [s, late],
        ]
      : [[prompt, 'a tick']];
  }
  if (!before.scheduled.some((at) => at <= before.t)) return undefined;
  const s = copy(before);
  s.scheduled = s.scheduled.filter((at) => at > s.t);
  send(s, s.t, false);
  return [[s, 'a message is sent']];
}

const invocation = (s: State, message: Message | undefined, force: boolean): Invocation => ({
  message: message?.id ?? -1,
  force,
  followUp: (message?.notBefore ?? -1) >= 0,
  sentAt: message?.sentAt ?? 0,
  receives: message?.receives ?? 0,
  firstReceived: message?.firstReceived ?? 0,
  secret: s.memory.secret,
  ...{ slots: 0, phase: 'begin', waits: false, token: -1, dirty: false, sends: {}, refusals: {} },
  ...{ answer: 'none', held: s.memory.held, rotated: false, seen: [], overwritten: [] },
});

/** The queue hands out the first message of the group, one at a time. */
function deliver(o: Options, before: State): Next[] | undefined {
  const { queue, t } = before;
  const place = o.serial ? 0 : queue.findIndex(({ visibleAt }) => visibleAt <= t);
  if (place < 0 || !queue[place] || queue[place].visibleAt > t) return undefined;
  const s = copy(before);
  const message = must(s.queue[place]);
  message.receives += 1;
  if (message.receives === 1) message.firstReceived = t;
  message.visibleAt = t + steps.visibility;
  if (t < message.notBefore) return [[s, 'the follow-up waits, and holds back the group']];
  s.invocations.push(invocation(s, message, message.force));
  return [
    [s, message.receives > 1 ? `a message comes again (${message.receives})` : 'a message comes'],
  ];
}

function begunByHand(before: State): Next[] {
  if (before.byHand === 0 || before.t >= 6 || before.invocations.length > 1) return [];
  const s = copy(before);
  s.byHand = 0;
  s.invocations.push(invocation(s, undefined, true));
  return [[s, 'somebody invokes the function']];
}

function takenUpLate(o: Options, before: State): Next[] {
  return before.late.map(([token], place) => {
    const s = copy(before);
    s.late.splice(place, 1);
    const successor = takeUp(o, s, token);
    const end = successor < 0 ? 'refused' : `taken up, successor ${successor} that nobody hears of`;
    return [s, `the request with ${token} that was held back is ${end}`];
  });
}

/** How long provider, or both stores, may be away without breaking the promise's premise. */
function longestOutage(s: State): number {
  const used = s.tokens.filter(({ dead, firstUse }) => !dead && firstUse >= 0);
  return Math.min(steps.promise, ...used.map(({ firstUse }) => firstUse + steps.promise - s.t));
}

function outages(o: Options, before: State): Next[] {
  if (before.faults === 0 || before.t > o.faultsUntil) return [];
  const nexts: Next[] = [];
  const longest = longestOutage(before);
  for (const target of ['provider', 'sm', 'ssm', 'smRead', 'ssmRead'] as const) {
    if (!o.kinds.split(',').includes(target) || before.away[target] > before.t) continue;
    for (const length of target === 'provider' ? [3, 7, 12] : [3, 7, 30]) {
      const s = copy(before);
      const lasts = target === 'provider' ? Math.min(length, longest) : length;
      if (lasts <= 0) continue;
      s.faults -= 1;
      s.away[target] = s.t + lasts;
      const { sm, smRead, ssm, ssmRead } = s.away;
      if (Math.min(Math.max(sm, smRead), Math.max(ssm, ssmRead)) > s.t + longest) continue;
      nexts.push([s, `${target} is away for ${lasts * 20} s`]);
    }
  }
  return nexts;
}

function deaths(o: Options, before: State): Next[] {
  if (before.faults === 0 || before.t > o.faultsUntil || !o.kinds.includes('die')) return [];
  return before.invocations.map((v, place) => {
    const s = copy(before);
    s.faults -= 1;
    end(o, s, must(s.invocations[place]), 'died');
    return [s, `the invocation ${v.message < 0 ? 'by hand ' : ''}dies`];
  });
}

function timeGoesOn(o: Options, before: State): State {
  const s = copy(before);
  s.t += 1;
  for (const v of [...s.invocations]) {
    v.waits = false;
    v.slots += 1;
    const gone = o.endsWithMessage && v.message >= 0 && s.t >= v.sentAt + steps.messageLife;
    if (v.slots >= steps.invocation || gone) end(o, s, v, 'failed');
  }
  const inFlight = (id: number) => s.invocations.some(({ message }) => message === id);
  s.queue = s.queue.filter(
    ({ id, sentAt, receives }) =>
      s.t < sentAt + steps.messageLife && (receives < mostReceives || inFlight(id)),
  );
  s.late = s.late.filter(([token, latest]) => latest > s.t && isAccepted(s, token));
  // States that differ by nothing that counts any more become one.
  for (const token of s.tokens) {
    if (token.firstUse >= 0 && s.t - token.firstUse >= steps.window) token.dead = true;
    if (token.dead) token.firstUse = -1;
  }
  return s;
}
