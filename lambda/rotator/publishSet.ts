import type { Facts } from '../core/facts';
import type { HeldTokenSet } from '../core/held';
import { refreshTokenOf, type StoredVersion } from '../core/tokenSet';
import { publish } from './publish';
import type { Run } from './run';

/** Publishes what was found outside AWSCURRENT. */
export async function publishHeld(run: Run, facts: Facts, held: HeldTokenSet): Promise<Facts> {
  const published = await publishSet(run, facts, held);
  if (published.refusesWrites) return published;
  run.telemetry.warn('Published a token set that had been left outside AWSCURRENT', {
    refreshToken: held.tokenSet.refreshToken.fingerprint,
    issuedAt: new Date(held.tokenSet.issuedAtMs).toISOString(),
    open: held.open || held.sent,
  });
  return { ...published, force: false, repaired: true };
}

/** Publishes, and says what is known of the stores afterwards. */
export async function publishSet(
  run: Run,
  facts: Facts,
  set: HeldTokenSet,
  parentVersionId = ancestorOf(facts.current),
): Promise<Facts> {
  const { held, escrowPresent, listed } = facts;
  const replacedVersionId = facts.current.versionId;
  const parksOnly = facts.isRecalled;
  const options = { parentVersionId, replacedVersionId, held, escrowPresent, listed, parksOnly };
  const published = await publish(run, set, options);
  if (published.kind === 'parked') {
    return { ...facts, held: published.held, escrowPresent: true, refusesWrites: true };
  }
  return {
    ...facts,
    current: published.version,
    isOwnCurrent: false,
    isPutBackUsed: false,
    held: published.held,
    escrowPresent: published.held.length > 0,
    listed: undefined,
    otherVersions: undefined,
    refusesWrites: false,
    markFailed: false,
  };
}

/** Of a value without a refresh token, which a person may have put back, nothing descends. */
const ancestorOf = ({ tokens, versionId }: StoredVersion) =>
  refreshTokenOf(tokens) === undefined ? '' : versionId;
