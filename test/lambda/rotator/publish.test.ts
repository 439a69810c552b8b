import { storeAttemptMs } from '../../../lambda/core/limits';
import { Redacted } from '../../../lambda/core/redacted';
import type { TokenSet } from '../../../lambda/core/tokenSet';
import { publish, salvage } from '../../../lambda/rotator/publish';
import { minuteMs, startMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';

const versionId = '11111111-2222-3333-4444-555555555555';
const tokenSet: TokenSet = {
  accessToken: new Redacted('access'),
  legacyToken: new Redacted('legacy'),
  refreshToken: new Redacted('refresh'),
  issuedAtMs: startMs,
  expiresAtMs: startMs + 60 * minuteMs,
  restBaseUrl: 'https://acme.rest.marketingcloudapis.com',
  soapBaseUrl: 'https://acme.soap.marketingcloudapis.com/Service.asmx',
};
const stored = {
  accessToken: 'access',
  legacyToken: 'legacy',
  refreshToken: 'refresh',
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
  restBaseUrl: 'https://acme.rest.marketingcloudapis.com',
  soapBaseUrl: 'https://acme.soap.marketingcloudapis.com/Service.asmx',
};

describe('publishing', () => {
  it('makes the token set AWSCURRENT in one call', async () => {
    const world = await startSeededWorld();

    const published = await publish(world.run(), tokenSet, undefined);

    expect(world.requests).toEqual(['PutSecretValue']);
    expect(world.stored.current()).toEqual(stored);
    expect(published).toMatchObject({
      version: { versionId: world.stored.versionOf('AWSCURRENT'), stages: ['AWSCURRENT'] },
      escrowCleared: true,
    });
  });

  it('leaves out what is not known', async () => {
    const world = await startSeededWorld();
    const { legacyToken: _l, restBaseUrl: _r, soapBaseUrl: _s, ...known } = tokenSet;

    await publish(world.run(), known, undefined);

    expect(Object.keys(world.stored.current())).toEqual([
      'accessToken',
      'refreshToken',
      'issuedAt',
      'expiresAt',
    ]);
  });

  it('can go to a version and label of its own, AWSCURRENT staying', async () => {
    const world = await startSeededWorld();
    const current = world.stored.versionOf('AWSCURRENT');

    await publish(world.run(), tokenSet, undefined, { versionId, stages: ['AWSPENDING'] });

    expect(world.stored.stages()).toEqual({
      [String(current)]: ['AWSCURRENT'],
      [versionId]: ['AWSPENDING'],
    });
  });

  it.each(['throttle', 'internal', 'unavailable', 'dropBefore', 'dropAfter'] as const)(
    'tries again after %s, in the same version',
    async (kind) => {
      const world = await startSeededWorld();
      world.aws.orderFault({ operation: 'PutSecretValue', kind });

      await publish(world.run(), tokenSet, undefined);

      expect(world.requests).toEqual(['PutSecretValue', 'PutSecretValue']);
      expect(world.stored.current()).toEqual(stored);
      expect(world.stored.versionCount()).toBe(2);
    },
  );

  it('remembers when the access token expires, and nothing as unpublished', async () => {
    const world = await startSeededWorld();
    const run = world.run();

    await publish(run, tokenSet, undefined);

    expect(run.memory).toMatchObject({ expiresAtMs: tokenSet.expiresAtMs });
    expect(run.memory).not.toHaveProperty('unpublished');
  });
});

describe('the escrow', () => {
  it('takes the token set after the second failure, until it is published', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'throttle', calls: 3 });

    const published = await publish(world.run(), tokenSet, undefined);

    expect(world.requests).toEqual([
      'PutSecretValue',
      'PutSecretValue',
      'PutParameter',
      'PutSecretValue',
      'PutSecretValue',
      'GetParameters',
      'DeleteParameter',
    ]);
    expect(published.escrowCleared).toBe(true);
    expect(world.stored.escrow()).toBeUndefined();
    expect(world.telemetry.counted).toEqual(['EscrowUsed']);
  });

  it.each(['deny', 'denyKms', 'encryptionFailure', 'limitExceeded'] as const)(
    'takes it at once after %s',
    async (kind) => {
      const world = await startSeededWorld();
      world.aws.orderFault({ operation: 'PutSecretValue', kind });

      await publish(world.run(), tokenSet, undefined);

      expect(world.requests.slice(0, 2)).toEqual(['PutSecretValue', 'PutParameter']);
      expect(world.stored.current()).toEqual(stored);
    },
  );

  it('takes it at once where little time is left', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'throttle' });

    await publish(world.run({ timeMs: 3 * storeAttemptMs }), tokenSet, undefined);

    expect(world.requests.slice(0, 2)).toEqual(['PutSecretValue', 'PutParameter']);
  });

  it('is tried again while it fails', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ service: 'secretsmanager', kind: 'deny', calls: 3 });
    world.aws.orderFault({ operation: 'PutParameter', kind: 'unavailable', calls: 2 });

    await publish(world.run(), tokenSet, undefined);

    expect(world.requests.filter((name) => name === 'PutParameter')).toHaveLength(3);
    expect(world.telemetry.counted).toEqual(['EscrowUsed']);
  });

  it('holds the token set when Secrets Manager fails until the time is over', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ service: 'secretsmanager', kind: 'internal', calls: 'untilCancelled' });
    const run = world.run();

    await expect(publish(run, tokenSet, undefined)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message:
        'Connection "acme" in us-east-1: Secrets Manager: PutSecretValue of sfmc/acme failed ' +
        'with InternalServiceError. The new token set is parked in /sfmc/acme/escrow; the next ' +
        'invocation publishes it before anything else.',
    });

    expect(JSON.parse(world.stored.escrow() ?? '')).toEqual(stored);
    expect(run.memory.unpublished).toBe(tokenSet);
    const leftMs = run.deadlineMs - world.clock.now();
    expect(leftMs).toBeGreaterThanOrEqual(storeAttemptMs);
    expect(leftMs).toBeLessThan(3 * storeAttemptMs);
  });

  it('stays out of it, and the container keeps the token set, when both stores fail', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ kind: 'unavailable', calls: 'untilCancelled' });
    const run = world.run();

    await expect(publish(run, tokenSet, undefined)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('Parameter Store did not take it either'),
    });

    expect(world.stored.escrow()).toBeUndefined();
    expect(run.memory.unpublished).toBe(tokenSet);
  });

  it('is emptied once what it held, or something later, is published', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', '{}');

    const published = await publish(world.run(), tokenSet, {
      escrow: undefined,
      escrowPresent: true,
    });

    expect(world.requests).toEqual(['PutSecretValue', 'DeleteParameter']);
    expect(published.escrowCleared).toBe(true);
    expect(world.stored.escrow()).toBeUndefined();
  });

  it('may stay where it cannot be emptied: the token set is published all the same', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', '{}');
    world.aws.orderFault({ operation: 'DeleteParameter', kind: 'deny' });

    const published = await publish(world.run(), tokenSet, {
      escrow: undefined,
      escrowPresent: true,
    });

    expect(published.escrowCleared).toBe(false);
    expect(world.stored.current()).toEqual(stored);
    expect(world.telemetry.warnings()).toEqual(['The escrow is still there']);
  });
});

describe('salvaging a refresh token', () => {
  it('stores it in a labelled version beside AWSCURRENT', async () => {
    const world = await startSeededWorld();

    await salvage(world.run(), new Redacted('successor'));

    expect(world.stored.salvaged()).toBe('successor');
    expect(world.stored.current()).toEqual({ refreshToken: world.provider.refreshToken });
  });

  it('is not tried twice, and says that it failed', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });

    await salvage(world.run(), new Redacted('successor'));

    expect(world.requests).toEqual(['PutSecretValue']);
    expect(world.telemetry.lines.at(-1)?.fields).toMatchObject({ kept: false });
  });
});
