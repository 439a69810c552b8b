import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { defaultQuotas } from '../simulator/fleet/quotas';
import { measureRuns } from './fleet/scenarios';
import { measureInTurn } from './inTurn';
import { Invocations } from './invocations';
import type { Comparison, Measurement } from './measurement';
import { BenchRotator } from './rotator';
import {
  type BenchWorldOptions,
  connection,
  dueAfterMs,
  otherConnection,
  startBenchWorld,
} from './world';

/** So many each function has behind it: the more, the better V8 has optimised it. */
const rotationsBefore = 1_000;
/** Of other connections, side by side: each batch moves the clock on by its second. */
const batchSize = 10;
/** Three tokens of this length make 7 KB, nearly the 8 KB that the escrow takes. */
const longTokens = 2_300;
/** As the provider's are. */
const usualTokens = 28;

/**
 * How rotations and fresh ticks of the built function grow with what an execution environment has
 * done before and with the size of the token set. No server waits, so what is not the function's own
 * is small: the work of the endpoints, and of the loopback interface.
 */
export async function measureGrowth(runs: number, folder: string): Promise<Comparison[]> {
  const start = async (name: string, options: Omit<BenchWorldOptions, 'folder'>) =>
    startSubject(name, { ...options, folder: await mkdtemp(path.join(folder, 'growth-')) });
  const small = await start(`1 connection, tokens of ${usualTokens} characters`, {});
  const many = await start(`${rotationsBefore} connections before it`, { others: rotationsBefore });
  const large = await start(`tokens of ${longTokens} characters`, { tokenLength: longTokens });
  const subjects = [small, many, large];
  const compared = (of: 'rotation' | 'fresh') =>
    [
      small[of],
      grown(many[of], rotationsBefore),
      grown(large[of], longTokens / usualTokens),
    ] as const;

  try {
    await measureInTurn(subjects, runs);
  } finally {
    await Promise.all(subjects.map((subject) => subject.close()));
  }
  return [
    {
      title: 'How a warm rotation grows: AWS and the provider answer at once',
      subjects: compared('rotation'),
    },
    {
      title: 'How a warm message that finds the token fresh grows: AWS answers at once',
      subjects: compared('fresh'),
    },
  ];
}

const grown = ({ name, values, calls }: Measurement, times: number): Measurement => ({
  name,
  values,
  ...(calls !== undefined && { calls }),
  times,
});

/** A function in a process of its own, which has rotated the others of its world, or the one often. */
async function startSubject(name: string, options: BenchWorldOptions) {
  const world = await startBenchWorld(options);
  const rotator = new BenchRotator(world);
  const deliver = () => rotator.deliver(connection);
  const rotation = new Invocations(name, deliver, 'rotated', world);
  const fresh = new Invocations(name, deliver, 'fresh', world);
  const letTimePass = () => rotator.letTimePass(dueAfterMs);
  for (let before = 0; before < rotationsBefore; before += options.others ? batchSize : 1) {
    if (options.others) await rotator.deliver(...othersFrom(before));
    else {
      letTimePass();
      await deliver();
    }
  }
  return {
    rotation,
    fresh,
    async measure() {
      letTimePass();
      await rotation.measure();
      await fresh.measure();
    },
    forget() {
      rotation.forget();
      fresh.forget();
    },
    async close() {
      await rotator.close();
      await world.close();
    },
  };
}

const othersFrom = (first: number) =>
  Array.from({ length: batchSize }, (_, at) => otherConnection(first + at));

const [few, many] = [1_000, 10_000];

/** How a run of the dispatcher grows with the registry, in simulated time. */
export async function measureRegistryGrowth(): Promise<Comparison> {
  return {
    title: "How a run of a fleet's dispatcher grows, simulated: AWS answers after 20 ms",
    subjects: [await measureRun(few), { ...(await measureRun(many)), times: many / few }],
  };
}

async function measureRun(connections: number): Promise<Measurement> {
  const { firstSeconds } = await measureRuns({
    connections,
    quotas: defaultQuotas,
    concurrency: 2,
  });
  if (firstSeconds === undefined) throw new Error(`${connections} were not done in time.`);
  return { name: `${connections} connections`, values: [firstSeconds * 1_000] };
}
