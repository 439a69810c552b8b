import { SECOND_USES, type SecondUse } from '../local/provider/refreshTokens';
import { type Crash, drawCrashes } from './crashes/crash';
import { type Aftermath, isWhole, Life, type Reached } from './crashes/life';
import { randomFrom } from './simulation/random';

/** CRASH_SEED has the crashes of a run drawn again; when each hits is up to the machine. */
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const kills = 50;

interface Played {
  readonly secondUse: SecondUse;
  readonly crash: Crash;
  readonly reached: Reached;
  readonly aftermath: Aftermath;
}

/** One life under one answer to a second use: it ends with the first chain that does not hold. */
async function playLife(secondUse: SecondUse, crashes: readonly Crash[]): Promise<Played[]> {
  const life = await Life.begin(secondUse);
  const played: Played[] = [];
  for (const crash of crashes) {
    const one = { secondUse, crash, ...(await life.crash(crash)) };
    played.push(one);
    if (!isWhole(one.aftermath)) break;
  }
  await life.world.lambda.close();
  return played;
}

it(`holds the chain when its process is killed at any moment, ${kills} times`, async () => {
  const drawn = drawCrashes(kills, SECOND_USES.length, randomFrom(seed));
  process.stdout.write(`crashes drawn by CRASH_SEED=${seed}\n`);

  // Side by side: while one waits for its answers, another one uses the processor.
  const lives = await Promise.all(SECOND_USES.map((use, life) => playLife(use, drawn[life] ?? [])));

  const played = lives.flat();
  const broken = played.filter(({ aftermath }) => !isWhole(aftermath));
  expect({ seed, broken, kills: played.length }).toEqual({ seed, broken: [], kills });

  // The kills hit: each one that was meant for the worst moment, and some that were not.
  const isLost = ({ reached }: Played) => reached.consumed && !reached.stored;
  const aimed = played.filter(({ crash: { moment } }) => 'call' in moment);
  const worst = aimed.filter(
    ({ crash: { moment } }) => 'call' in moment && moment.call === 'requestToken',
  );
  const cut = played.filter(({ reached }) => !reached.answered);
  process.stdout.write(
    `crashes: ${kills} kills, ${cut.length} of them before the answer, ` +
      `${played.filter(isLost).length} while the successor was in the process alone\n`,
  );
  expect(worst.length).toBeGreaterThanOrEqual(2);
  expect(worst.filter((one) => !isLost(one))).toEqual([]);
  expect(cut.length).toBeGreaterThan(aimed.length);
});
