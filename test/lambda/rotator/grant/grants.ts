import type { Facts } from '../../../../lambda/core/facts';
import type { Grant } from '../../../../lambda/core/providerAnswer';
import { Redacted } from '../../../../lambda/core/redacted';
import { publishGrant } from '../../../../lambda/rotator/grant';
import { readCurrent } from '../../../../lambda/rotator/observe';
import type { Run } from '../../../../lambda/rotator/run';
import type { LocalWorld } from '../../../support/localWorld';
import { minuteMs, startMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';
import { factsOf, firstSecret, parametersOf } from '../../core/facts';

export const hourMs = 60 * minuteMs;
export const sentAtMs = startMs + 30 * minuteMs;
export const iso = (ms: number) => new Date(ms).toISOString();

/** A world whose AWSCURRENT was issued when its clock starts, for an hour; an answer comes half an hour later. */
export async function startWorld(
  stored: { issuedAtMs?: number; lifeMs?: number; refreshTokenIssuedAt?: string } = {},
) {
  const { issuedAtMs = startMs, lifeMs = hourMs, ...rest } = stored;
  const world = await startSeededWorld();
  world.stored.put({
    accessToken: 'stored-access',
    legacyToken: 'stored-legacy',
    refreshToken: 'sent',
    issuedAt: iso(issuedAtMs),
    expiresAt: iso(issuedAtMs + lifeMs),
    ...rest,
  });
  world.clock.advance(30 * minuteMs);
  return world;
}

export const grant: Grant = {
  accessToken: new Redacted('new-access'),
  legacyToken: new Redacted('new-legacy'),
  refreshToken: new Redacted('successor'),
  expiresInMs: hourMs,
};

export async function publish(
  world: LocalWorld,
  granted: Partial<Parameters<typeof publishGrant>[2]> = {},
  overrides: Partial<Facts> = {},
  prepare: (run: Run) => void = () => undefined,
): Promise<Facts> {
  const run = world.run();
  prepare(run);
  const facts = factsOf({
    nowMs: sentAtMs,
    current: await readCurrent(run),
    parameters: parametersOf({ authBaseUrl: 'https://auth-test.exacttargetapis.com' }),
    force: true,
    ...overrides,
  });
  return publishGrant(run, facts, {
    grant,
    sentAtMs,
    clientSecret: firstSecret,
    sent: new Redacted('sent'),
    isOpen: false,
    outcome: 'rotated',
    ...granted,
  });
}
