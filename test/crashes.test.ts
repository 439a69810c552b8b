import { type SecondUse, secondUses } from '../local/provider/refreshTokens';
import { randomFrom } from '../simulator/random';
import { type Crash, drawCrashes } from './crashes/crash';
import { type Aftermath, isWhole, Life, type Reached } from './crashes/life';

/** CRASH_SEED has the crashes of a run drawn again; when each hits is up to the machine. */
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
/** Each scene under each answer to a second use, and as many more at any moment that some hit in time. */
const kills = process.env.TEST_FULL === 'true' ? 240 : 48;

interface Played {
  readonly secondUse: SecondUse;
  readonly crash: Crash;
  readonly reached: Reached;
  readonly aftermath: Aftermath;
  /** After the rotation that comes next. */
  readonly next: Aftermath;
}

const holds = ({ aftermath, next }: Played) => isWhole(aftermath) && isWhole(next);

/** One life under one answer to a second use: it ends with the first chain that does not hold. */
async function playLife(secondUse: SecondUse, crashes: readonly Crash[]): Promise<Played[]> {
  const life = await Life.begin(secondUse);
  const played: Played[] = [];
  for (const crash of crashes) {
    const one = { secondUse, crash, ...(await life.crash(crash)) };
    played.push(one);
    if (!holds(one)) break;
  }
  await life.world.lambda.close();
  return played;
}

it(`holds the chain when its process is killed at any moment, ${kills} times`, async () => {
  const drawn = drawCrashes(kills, secondUses.length, randomFrom(seed));
  process.stdout.write(`crashes drawn by CRASH_SEED=${seed}\n`);

  // Side by side: while one waits for its answers, another one uses the processor.
  const lives = await Promise.all(secondUses.map((use, life) => playLife(use, drawn[life] ?? [])));

  const played = lives.flat();
  const broken = played.filter((one) => !holds(one));
  expect({ seed, broken, kills: played.length }).toEqual({ seed, broken: [], kills });

  // The kills hit: each one that was meant for the worst moment, and some that were not.
  const arrivals = played.filter(({ crash: { moment } }) => 'at' in moment);
  const worst = arrivals.filter(
    ({ crash: { moment, scene } }) =>
      'at' in moment && moment.at[0] === 'requestToken' && scene.firstRequest !== 'late',
  );
  const cut = played.filter(({ reached }) => !reached.answered);
  const deaths = played.reduce((sum, { crash }) => sum + crash.deaths.length, 0);
  process.stdout.write(
    `crashes: ${kills} kills, ${cut.length} of them before the answer, ` +
      `${played.filter(({ reached }) => reached.lost).length} while the successor was in the ` +
      `process alone; ${deaths} more of the deliveries that followed\n`,
  );
  expect(worst.length).toBeGreaterThanOrEqual(2);
  expect(worst.filter(({ reached }) => !reached.lost)).toEqual([]);
  expect(cut.length).toBeGreaterThan(arrivals.length);
  expect(deaths).toBeGreaterThan(0);
});
