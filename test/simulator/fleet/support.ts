import type { FleetOptions } from '../../../simulator/fleet/fleetWorld';
import { defaultQuotas, scaledQuotas } from '../../../simulator/fleet/quotas';

/** A fleet small enough for a test, its quotas and its provider's time scaled with it. */
export const smallFleet = (changes: Partial<FleetOptions> = {}): FleetOptions => ({
  connections: 500,
  quotas: scaledQuotas(defaultQuotas, 0.2),
  // The least that Lambda lets an event source have. A provider that takes its time makes two at
  // once 48 rotations a minute, and 25 are needed: as 16 at once are to 10,000 connections.
  concurrency: 2,
  latencies: { awsMs: 20, providerMs: 2_400 },
  ...changes,
});
