import { parseArgs } from 'node:util';
import { whyLost } from './checker/chain';
import { playNamed } from './exhaustive';
import { shortest } from './randomHistory';
import type { Report } from './report';
import { run } from './runner';
import type { Simulation } from './simulation';

const help = `Simulates the rotation under faults and checks that no refresh-token chain is lost.

  npm run simulate -- --seeds N        N random lives, after the exhaustive part
  npm run simulate -- --seed S         replays one life, step by step, and shortens it
  npm run simulate -- --history NAME   replays one history of the exhaustive part

  --seeds N         how many random lives (default 20000)
  --first S         the first of their seeds (default 1)
  --whole           pairs of faults in every scenario, not only in those that differ most
  --one-in N        of the first faults of pairs one in so many (default 1: all of them)
  --no-exhaustive   leaves out the exhaustive part: every fault and every pair of faults
  --seed S          replays the life of this seed
  --history NAME    replays a history by the name that a violation ends with
  --help            this text

Exits with 0 if nothing was violated, 1 if anything was, 2 if the options cannot be understood.`;

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  if (options.help) {
    console.log(help);
    return 0;
  }
  if (options.seed !== undefined) return replay(options.seed);
  if (options.history !== undefined) return printPlayed(await playNamed(options.history));

  const startedAtMs = Date.now();
  const violations: string[] = [];
  if (options.exhaustive) violations.push(...(await runExhaustive(options)));
  if (options.seeds > 0) {
    const { seeds, first } = options;
    const { report } = await run(
      { kind: 'random', seeds, first },
      { onProgress: progress(`of ${number(seeds)} lives`) },
    );
    conclude(`Random lives of 700 days, seeds ${first} to ${first + seeds - 1}`, report);
    violations.push(...report.violations);
  }
  console.log(`Took ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s.`);
  return violations.length === 0 ? 0 : 1;
}

async function runExhaustive({
  isWhole,
  oneIn,
}: {
  readonly isWhole: boolean;
  readonly oneIn: number;
}): Promise<readonly string[]> {
  const { report: singles, classes } = await run(
    { kind: 'singles' },
    { onProgress: progress('histories of single faults') },
  );
  conclude('Every fault', singles);
  const [faults, kinds] = [0, 0].map((_, at) =>
    classes.counts.reduce((sum, one) => sum + (at === 0 ? one.faults : one.classes), 0),
  );
  console.log(`  ${faults} faults at the calls of a rotation, of ${kinds} kinds.`);
  const { report: pairs } = await run(
    { kind: 'pairs', classes, isWhole, oneIn },
    { onProgress: progress('histories of pairs of faults') },
  );
  conclude(oneIn === 1 ? 'Every pair of faults' : `One in ${oneIn} pairs of faults`, pairs);
  return [...singles.violations, ...pairs.violations];
}

async function replay(seed: number): Promise<number> {
  const { simulation, faultsStruck } = await shortest(seed);
  console.log(`Seed ${seed}, the shortest history found, of ${faultsStruck} fault(s):`);
  return printPlayed(simulation);
}

function printPlayed({ options, story, checker }: Simulation): number {
  const { secondUse, onBrokenChain, isFleet = false, skewMs = 0 } = options;
  console.log(JSON.stringify({ secondUse, onBrokenChain, isFleet, skewMs }));
  console.log(story.join('\n'));
  for (const { why } of checker.losses) console.log(`The chain was lost as documented: ${why}`);
  for (const violation of checker.violations) console.log(violation);
  if (checker.violations.length === 0) console.log('Nothing was violated.');
  return checker.violations.length === 0 ? 0 : 1;
}

const number = (value: number) => value.toLocaleString('en');

function progress(what: string): (report: Report) => void {
  let shownAtMs = Date.now();
  return ({ histories, violations }) => {
    if (Date.now() - shownAtMs < 5_000) return;
    shownAtMs = Date.now();
    const [first] = violations;
    const found = first ? `, ${violations.length} violated, such as: ${first}` : '';
    console.log(`  ${number(histories)} ${what}${found} ...`);
  };
}

const losses = {
  overlapping:
    'two invocations at once, one of them outside the queue, the provider revoking what the first ' +
    'had brought, and the second one dying before it stored its own',
  lateDescent:
    'a request that was taken up after its repetition had been answered, and a provider that ' +
    'revoked all that had come of that',
  allowanceSpent:
    'the confirmations of the day spent, a request that was taken up after its repetition had been ' +
    'answered, and a provider that revoked what that had brought',
} as const;

function conclude(what: string, report: Report): void {
  const { histories, played, faults, violations } = report;
  console.log(
    `${what}: ${number(histories)} histories (${number(played)} played, ${number(faults)} faults), ` +
      `${violations.length} violation(s).`,
  );
  for (const why of whyLost) {
    const [first] = report.losses[why];
    if (first === undefined) continue;
    console.log(
      `  ${number(report.losses[why].length)} lost the chain as documented: ${losses[why]}.`,
    );
    console.log(`    Such as: ${first}`);
  }
  for (const violation of violations.slice(0, 20)) console.log(`  ${violation}`);
  const seed = /^seed (\d+)/.exec(violations[0] ?? '')?.[1];
  const history = /\[(.*)\]$/.exec(violations[0] ?? '')?.[1];
  if (seed !== undefined) console.log(`  Replay it: npm run simulate -- --seed ${seed}`);
  else if (history) console.log(`  Replay it: npm run simulate -- --history '${history}'`);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '20000' },
        first: { type: 'string', default: '1' },
        seed: { type: 'string' },
        history: { type: 'string' },
        whole: { type: 'boolean', default: false },
        'one-in': { type: 'string', default: '1' },
        'no-exhaustive': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return {
      help: values.help,
      isWhole: values.whole,
      oneIn: Math.max(1, wholeNumber('one-in', values['one-in'])),
      exhaustive: !values['no-exhaustive'],
      seeds: wholeNumber('seeds', values.seeds),
      first: wholeNumber('first', values.first),
      seed: values.seed === undefined ? undefined : wholeNumber('seed', values.seed),
      history: values.history,
    };
  } catch (error) {
    console.error(`${(error as Error).message}. See npm run simulate -- --help`);
    return undefined;
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`--${name} takes a whole number`);
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
