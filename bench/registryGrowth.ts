import { defaultQuotas } from '../simulator/fleet/quotas';
import { measureRuns } from './fleet/scenarios';
import type { Comparison, Measurement } from './measurement';

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
