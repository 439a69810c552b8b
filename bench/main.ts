import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { quietSdk } from '../local/quietSdk';
import { measureColdStarts } from './coldStart';
import { measureFleet } from './fleet/report';
import { measureGrowth, measureRegistryGrowth } from './growth';
import { measureImports } from './libraries';
import { columns, rowsOf } from './measurement';
import { measureReaders } from './readerHits';
import { measureSizes } from './sizes';
import { measureStatus } from './status/report';
import { formatTable } from './table';
import { measureWarm } from './warm';

const usage = `Usage: npm run bench -- [fleet | status] [--quick | --write]

Measures the built function on 127.0.0.1, beside what it cannot do without, and the reader, beside
libraries that do the same; what each weighs; then how both grow. Prints one table: medians of one
run, and their ratios to the first line of each group. CPU is user and system time. The function is
given messages of its queue, each delivered for the first time; the pause by which a batch takes a
second at least is in no line.

  fleet     instead, a fleet of 10,000 connections in simulated time, against AWS's quotas; minutes
  status    instead, the operators' program for 2,000 and 10,000 connections, 20 ms an answer; minutes

  --quick   a few runs of each, or a fleet of 1,000, or the 2,000 alone, for a first impression
  --write   puts the table into docs/benchmarks.md as well
  --help    this text`;

async function main(): Promise<number> {
  Object.assign(process.env, quietSdk);
  let options: { quick?: boolean; write?: boolean; help?: boolean };
  let subject: string | undefined;
  try {
    const boolean = { type: 'boolean' } as const;
    const { values, positionals } = parseArgs({
      options: { quick: boolean, write: boolean, help: boolean },
      allowPositionals: true,
    });
    options = values;
    const [first, ...others] = positionals;
    if (!['fleet', 'status'].includes(first ?? 'fleet') || others.length > 0) {
      throw new Error(`there is nothing to measure that is called "${positionals.join(' ')}"`);
    }
    subject = first;
    if (values.write && (values.quick || subject !== undefined)) {
      throw new Error('--write is for the whole table of the function and the reader');
    }
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }

  if (subject !== undefined) {
    const measure = subject === 'fleet' ? measureFleet : measureStatus;
    const rows = await measure(options.quick === true, (what) => console.error(what));
    const note = subject === 'fleet' ? '; times without a mark are simulated' : '';
    console.log(`${machine()}${note}\n`);
    console.log(formatTable(rows));
    return 0;
  }

  const runs = options.quick ? 5 : 40;
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    console.error('Reading the token from memory ...');
    const readers = await measureReaders(Math.max(runs, 20), folder);
    console.error('Invoking the function in a warm process ...');
    const warm = await measureWarm(runs, folder);
    console.error('Starting new processes ...');
    const cold = await measureColdStarts(runs, folder);
    console.error('Importing readers ...');
    const imports = await measureImports(runs, folder);
    const sizes = await measureSizes(folder);
    console.error('Seeing how rotations and ticks grow ...');
    const growth = await measureGrowth(runs, folder);
    const [hits, growthOfHits] = readers;
    const registry = await measureRegistryGrowth();
    const all = [...warm, ...cold, hits, ...imports, ...sizes, ...growth, growthOfHits, registry];
    const table = `${machine()}\n\n${formatTable([columns, ...all.flatMap(rowsOf)])}`;
    console.log(table);
    if (options.write) await writeTable(table);
    return 0;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A block without a language; what ends another one follows a line. */
const tableBlock = /(?<=\n\n)```\n.*?\n```$/ms;

async function writeTable(table: string): Promise<void> {
  const page = path.join(__dirname, '..', 'docs', 'benchmarks.md');
  const text = await readFile(page, 'utf8');
  await writeFile(
    page,
    text.replace(tableBlock, () => `\`\`\`\n${table}\n\`\`\``),
  );
}

/** What the times depend on; the load is that of the minute in which they were taken. */
function machine(): string {
  return [
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `Node.js ${process.version}`,
    `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? process.arch})`,
    `load ${loadavg()[0]?.toFixed(1)}`,
  ].join(', ');
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
