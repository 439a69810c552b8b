import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { dispatch } from '../../lambda/dispatcher/dispatch';
import { nameOf, startMs } from '../../simulator/fleet/fleetWorld';

const pageSize = 10;
/** Each collects all garbage of the process, which takes longer the more it holds. */
const looks = 5;

/**
 * The most bytes that the dispatcher has on the heap, while it sends its share of so many
 * connections, beyond what is there before: garbage is collected before each look.
 */
export async function measureDispatcherHeap(connections: number): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const used = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  let most = before;
  const pages = Math.ceil(connections / pageSize);
  const lookEvery = Math.ceil(pages / looks);
  await dispatch({
    registry: {
      async *pages() {
        for (let page = 0; page < pages; page++) {
          if (page % lookEvery === lookEvery - 1) most = Math.max(most, used());
          yield Array.from({ length: pageSize }, (_, at) => nameOf(page * pageSize + at));
        }
      },
    },
    queue: { send: async () => [] },
    clock: { now: () => startMs, sleep: async () => {} },
    telemetry: { info() {}, warn() {} },
    memory: {},
    scheduledAtMs: startMs,
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  return most - before;
}
