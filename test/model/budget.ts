/**
 * Versions a day under behaviour that stays unclean: `npx tsx test/model/budget.ts`. One connection
 * for 30 days, times in seconds; ticks come up to 60 s late, a message that fails comes again after
 * 60 s. Secrets Manager keeps 100 versions and removes none younger than a day.
 */
const day = 86_400;
const limits = { mostExtra: 14, most: 86, usualGap: 900, shortLifeExtra: 3, urgent: 360 };
const answers = { clean: 1, slow: 9 };
const window = 300;
/** A message is received 18 times. */
const repetitions = 17;

export const behaviours = [
  'clean',
  'refuses 1 in 10',
  'always slow',
  'never clean',
  'no refresh token',
] as const;
export type Behaviour = (typeof behaviours)[number];

export interface Budget {
  readonly behaviour: Behaviour;
  readonly period: number;
  /** What the provider grants an access token. */
  readonly life: number;
  readonly seed?: number;
}

function randomOf(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x / 2 ** 32;
  };
}

/** The most versions in any 24 hours, and the least that was left of a token when it was replaced. */
export function versionsOf({ behaviour, period, life, seed = 1 }: Budget) {
  const random = randomOf(seed);
  const written: number[] = [];
  let extra: number[] = [];
  let early: number[] = [];
  let issued = -life;
  let open = false;
  let leastLeft = life;
  let unconfirmed = 0;

  const recent = (times: number[], now: number) => times.filter((at) => at > now - day);
  const due = (now: number): 'usual' | 'early' | undefined => {
    const left = issued + life - now;
    // Two thirds of the life granted, or 2400 s, whichever is less, is to be left.
    if (left >= Math.min(2400, (2 / 3) * life)) return undefined;
    if (now - issued >= limits.usualGap || left < limits.urgent) return 'usual';
    early = recent(early, now);
    return early.length < limits.shortLifeExtra ? 'early' : undefined;
  };
  const mayConfirm = (now: number) => {
    extra = recent(extra, now);
    const room = recent(written.slice(-120), now).length < limits.most;
    return room && (now - issued >= limits.usualGap || extra.length < limits.mostExtra);
  };
  const write = (now: number, why: 'usual' | 'early' | 'confirmation', isOpen: boolean) => {
    if (why === 'early') early.push(now);
    if (why === 'confirmation' && now - issued < limits.usualGap) extra.push(now);
    if (written.length > 0) leastLeft = Math.min(leastLeft, issued + life - now);
    written.push(now);
    issued = now;
    open = isOpen;
  };
  const unclean = () =>
    behaviour !== 'clean' && (behaviour !== 'refuses 1 in 10' || random() < 0.1);
  /** One invocation: a rotation, then confirmations while 40 s last. Whether it fails, and how long it took. */
  const invoke = (start: number): { failed: boolean; ended: number } => {
    let now = start;
    const left = () => start + 40 - now;
    for (let why = due(now); ; why = undefined) {
      const confirming = why === undefined && open && mayConfirm(now);
      if (why === undefined && !confirming) {
        if (open && now - issued < window) unconfirmed += 1;
        return { failed: false, ended: now };
      }
      const isUnclean = unclean();
      // An unclean success is a second request, with the first one's attempt lost before.
      now +=
        (behaviour === 'always slow' ? 2 * answers.slow : isUnclean ? answers.slow : 0) +
        answers.clean;
      write(now, why ?? 'confirmation', isUnclean);
      if (left() < answers.slow) return { failed: open && mayConfirm(now), ended: now };
    }
  };

  const ticks = Math.floor((30 * day) / period);
  let free = 0;
  for (let tick = 0; tick < ticks; tick++) {
    let at = Math.max(tick * period + random() * 60, free);
    for (let receive = 0; receive <= repetitions; receive++) {
      const { failed, ended } = invoke(at);
      free = ended;
      if (!failed) break;
      at += 60;
    }
  }

  let most = 0;
  for (let from = 0, to = 0; to < written.length; to++) {
    while ((written[to] ?? 0) - (written[from] ?? 0) >= day) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return { most, leastLeft: Math.round(leastLeft), unconfirmed };
}

if (require.main === module)
  for (const life of [3600, 2400, 1200])
    for (const period of [300, 1200])
      for (const behaviour of behaviours) {
        const { most, leastLeft, unconfirmed } = versionsOf({ behaviour, period, life });
        const left = `${leastLeft} s left at the latest rotation, ${unconfirmed} ticks met an unconfirmed set`;
        console.log(
          `life ${life}, tick ${period}, ${behaviour}: at most ${most} versions in 24 h, ${left}`,
        );
      }
