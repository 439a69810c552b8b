import { parseArgs } from 'node:util';
import { playRandomHistory, shortest } from './randomHistory';
import type { Report } from './report';
import { run } from './runner';

const help = `Simulates the rotation under faults and checks that no refresh-token chain is lost.

  npm run simulate -- --seeds N     N random histories, after the exhaustive part
  npm run simulate -- --seed S      replays one history, step by step, and shortens it

  --seeds N         how many random histories (default 20000)
  --first S         the first of their seeds (default 1)
  --no-exhaustive   leaves out the exhaustive part: every fault and every pair of faults
  --seed S          replays the history of this seed
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

  const startedAtMs = Date.now();
  const violations: string[] = [];
  if (options.exhaustive) {
    const report = await run(
      { kind: 'exhaustive', pairs: true },
      { onProgress: progress('faults') },
    );
    conclude('Every fault and every pair of faults', report);
    violations.push(...report.violations);
  }
  if (options.seeds > 0) {
    const { seeds, first } = options;
    const report = await run(
      { kind: 'random', seeds, first },
      { onProgress: progress(`of ${seeds.toLocaleString('en')}`) },
    );
    conclude(`Random lives of 700 days, seeds ${first} to ${first + seeds - 1}`, report);
    violations.push(...report.violations);
  }
  console.log(`Took ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s.`);
  return violations.length === 0 ? 0 : 1;
}

async function replay(seed: number): Promise<number> {
  const { simulation, story } = await playRandomHistory({ seed });
  const { violations } = simulation.properties;
  console.log(`Seed ${seed}, ${JSON.stringify(settingsOf(simulation.options))}`);
  if (violations.length === 0) {
    console.log(story.join('\n'));
    console.log('Nothing was violated.');
    return 0;
  }
  const brief = await shortest(seed);
  console.log(`The shortest history found, of ${brief.faultsStruck} fault(s):`);
  console.log(brief.story.join('\n'));
  for (const violation of brief.simulation.properties.violations) console.log(violation);
  return 1;
}

const settingsOf = ({
  secondUse,
  onBrokenChain,
}: {
  secondUse: string;
  onBrokenChain: string;
}) => ({
  secondUse,
  onBrokenChain,
});

function progress(what: string): (report: Report) => void {
  let shownAtMs = Date.now();
  return ({ histories, violations }) => {
    if (Date.now() - shownAtMs < 2_000) return;
    shownAtMs = Date.now();
    const found = violations.length > 0 ? `, ${violations.length} violated` : '';
    console.log(`  ${histories.toLocaleString('en')} histories ${what}${found} ...`);
  };
}

function conclude(what: string, report: Report): void {
  const { histories, played, faults, excused, violations } = report;
  const number = (value: number) => value.toLocaleString('en');
  console.log(
    `${what}: ${number(histories)} histories (${number(played)} played, ${number(faults)} faults), ` +
      `${violations.length} violation(s).`,
  );
  if (excused > 0) {
    console.log(
      `  In ${number(excused)} the chain was lost as documented: two invocations at once, the ` +
        "provider revoking the first one's successor, and a fault that struck the second.",
    );
  }
  for (const violation of violations.slice(0, 20)) console.log(`  ${violation}`);
  const seed = /^seed (\d+)/.exec(violations[0] ?? '')?.[1];
  if (seed !== undefined) console.log(`  Replay it: npm run simulate -- --seed ${seed}`);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '20000' },
        first: { type: 'string', default: '1' },
        seed: { type: 'string' },
        'no-exhaustive': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return {
      help: values.help,
      exhaustive: !values['no-exhaustive'],
      seeds: wholeNumber('seeds', values.seeds),
      first: wholeNumber('first', values.first),
      seed: values.seed === undefined ? undefined : wholeNumber('seed', values.seed),
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
