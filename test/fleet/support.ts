import type { FleetOptions } from '../../bench/fleet/fleetWorld';
import { defaultQuotas, scaledQuotas } from '../../bench/fleet/quotas';

// The SDK's notice about the end of support for a Node.js release would head every test's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// Minutes of a fleet take seconds, on machines that may be busy.
jest.setTimeout(60_000);

/**
 * A fleet small enough for a test, its quotas scaled with it. It is the smallest for which two at
 * once, the least that Lambda lets an event source have, are less than twice what it needs.
 */
export const smallFleet = (changes: Partial<FleetOptions> = {}): FleetOptions => ({
  connections: 1_250,
  quotas: scaledQuotas(defaultQuotas, 0.2),
  concurrency: 2,
  ...changes,
});
