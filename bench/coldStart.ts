import path from 'node:path';
import { bundleBareHandler } from './bareHandlers';
import type { Comparison } from './measurement';
import { Starts } from './starts';
import { type BenchWorld, connection, startBenchWorld } from './world';

const rotator = path.join(__dirname, '..', 'dist', 'rotator', 'index.mjs');

const ofConnection = (world: BenchWorld) => world.firstDelivery(connection);

/** Starts of the built function in new processes, beside those of handlers that do next to nothing. */
export async function measureColdStarts(runs: number, folder: string): Promise<Comparison[]> {
  const ready = [
    new Starts(
      'two SDK clients, leanest bundle',
      await bundleBareHandler('twoClients', 'lean', folder),
    ),
    new Starts(
      "two SDK clients, CDK's defaults",
      await bundleBareHandler('twoClients', 'cdkDefault', folder),
    ),
    new Starts('empty handler', await bundleBareHandler('empty', 'lean', folder)),
    new Starts('rotator', rotator),
  ] as const;
  const ticked = [
    new Starts(
      'one GetSecretValue, leanest bundle',
      await bundleBareHandler('oneRead', 'lean', folder),
      ofConnection,
    ),
    new Starts('rotator, its batch without the pause', rotator, ofConnection),
  ] as const;

  const world = await startBenchWorld({ folder });
  try {
    await rotateOnce(world);
    const callsBefore = world.aws.calls.length;
    // In turn, so that what else the machine does strikes all alike.
    for (let run = 0; run < runs; run++) {
      for (const starts of [...ready, ...ticked]) await starts.measure(world);
    }
    expectOneReadEach(ticked.length * runs, world.aws.calls.slice(callsBefore));
  } finally {
    await world.close();
  }
  return [
    { title: 'Cold start: process start to handler ready', subjects: ready, target: 0.65 },
    {
      title: 'Cold start: process start to the end of the first fresh message',
      subjects: ticked,
      target: 0.8,
    },
    {
      title: 'Peak memory of that process, Node.js with it',
      subjects: [memoryOf(ticked[0]), memoryOf(ticked[1])],
      of: 'bytes',
    },
  ];
}

/** So that there is a fresh token. */
export const rotateOnce = (world: BenchWorld) =>
  new Starts('', rotator, ofConnection).measure(world);

const memoryOf = ({ name, peakBytes }: Starts) => ({ name, values: peakBytes });

function expectOneReadEach(ticks: number, calls: BenchWorld['aws']['calls']): void {
  const reads = calls.filter(({ operation }) => operation === 'GetSecretValue');
  if (calls.length === ticks && reads.length === ticks) return;
  throw new Error(`${ticks} fresh ticks made ${reads.length} reads in ${calls.length} calls.`);
}
