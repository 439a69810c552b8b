import { openAws } from '../support/awsClients';
import type { Target } from './target';

/** Clients of an endpoint on this machine, for all of a file's tests. */
export const localTarget = (endpoint: string): Target & { close(): void } => ({
  ...openAws(endpoint),
  listingLagMs: 0,
  nameReuseMs: 0,
});
