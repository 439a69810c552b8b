import { measureDispatcherHeap } from '../../../bench/fleet/dispatcherHeap';

/** Prints the bytes for so many connections: in a process that holds nothing else to collect. */
async function main([connections]: readonly string[]): Promise<void> {
  await measureDispatcherHeap(1_000);
  console.log(await measureDispatcherHeap(Number(connections)));
}

void main(process.argv.slice(2));
