import { labels } from '../../../../lambda/core/labels';
import { isChildOf } from '../../../../lambda/core/lineage';
import { Redacted } from '../../../../lambda/core/redacted';
import type { LocalWorld } from '../../../support/localWorld';
import { startMs } from '../../../support/simulatedClock';
import { fingerprint, held, issued, parametersOf, previous, versionOf } from '../../core/facts';
import { grant, hourMs, iso, publish, sentAtMs, startWorld } from './grants';

const { refreshToken: _, ...withoutSuccessor } = grant;

const stagesOf = ({ stored }: LocalWorld) =>
  [...(stored.stages()[stored.versionOf('AWSCURRENT') ?? ''] ?? [])].sort();

describe('what a refresh has brought', () => {
  it('is published, counted from when it was asked for', async () => {
    const world = await startWorld();

    const after = await publish(world);

    expect(world.stored.current()).toEqual({
      accessToken: 'new-access',
      legacyToken: 'new-legacy',
      refreshToken: 'successor',
      issuedAt: iso(sentAtMs),
      expiresAt: iso(sentAtMs + hourMs),
    });
    expect(stagesOf(world)).toEqual(['AWSCURRENT']);
    expect(after).toMatchObject({
      isOwnCurrent: true,
      outcome: 'rotated',
      force: false,
      lacksSuccessor: false,
      refreshes: 1,
    });
    expect(world.telemetry.lines).toEqual([]);
    expect(world.telemetry.counted).toEqual([]);
  });

  it('is stored with the addresses that the config, the environment and AWSCURRENT know', async () => {
    const world = await startWorld();
    const soapBaseUrl = 'https://webservice.s7.exacttarget.com/Service.asmx';

    await publish(
      world,
      {},
      { parameters: parametersOf({ authBaseUrl: 'https://auth.exacttargetapis.com' }) },
      (run) => {
        run.memory.endpoints = { soapBaseUrl };
      },
    );

    expect(world.stored.current()).toMatchObject({
      restBaseUrl: 'https://www.exacttargetapis.com',
      soapBaseUrl,
    });
  });

  it('has no legacy token if none came', async () => {
    const world = await startWorld();
    const { legacyToken: __, ...plain } = grant;

    await publish(world, { grant: plain });

    expect(world.stored.current()).not.toHaveProperty('legacyToken');
  });

  it('is confirmed if the exchange was not clean', async () => {
    const world = await startWorld();

    await publish(world, { isOpen: true });

    expect(stagesOf(world)).toEqual(['AWSCURRENT', labels.open]);
  });

  it('has ended nothing while it is only parked, as the answer to the token that was sent', async () => {
    const world = await startWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });

    const after = await publish(world, { isOpen: true });

    expect(after).toMatchObject({
      refusesWrites: true,
      refreshes: 1,
      isOwnCurrent: false,
      force: true,
      outcome: undefined,
      lacksSuccessor: false,
    });
    expect(after.held).toMatchObject([{ open: true, sent: false, parent: fingerprint('sent') }]);
  });

  it.each([
    [undefined, 'recovered', 'recovered'],
    ['rotated', 'recovered', 'recovered'],
    ['recovered', 'rotated', 'recovered'],
    ['reissued', 'rotated', 'reissued'],
  ] as const)('after %s by what %s, ends as %s', async (outcome, next, expected) => {
    const world = await startWorld();

    expect((await publish(world, { outcome: next }, { outcome })).outcome).toBe(expected);
  });

  it('descends from the version that holds the token that was sent', async () => {
    const world = await startWorld();
    const before = versionOf(issued('before'), previous);

    await publish(world, { sent: new Redacted('before') }, { otherVersions: [before] });

    const versionId = world.stored.versionOf('AWSCURRENT') ?? '';
    const text = JSON.stringify(world.stored.current());
    expect(isChildOf(before.versionId, { versionId, text })).toBe(true);
  });
});

it('a new chain is published beside what the escrow holds of the old one', async () => {
  const world = await startWorld();
  const old = held('old', { open: true });

  const after = await publish(world, { sent: undefined, outcome: 'reissued' }, { held: [old] });

  expect(world.stored.current()).toMatchObject({
    accessToken: 'new-access',
    refreshToken: 'successor',
  });
  expect(after).toMatchObject({ outcome: 'reissued', lacksSuccessor: false });
});

describe('an answer without a refresh token', () => {
  it('is published with the one that was sent, which is asked for its successor again', async () => {
    const world = await startWorld();
    const before = held('sent', { parent: 'elder' });

    const after = await publish(
      world,
      { grant: withoutSuccessor },
      { held: [held('rival', { parent: 'other' }), before] },
    );

    expect(world.stored.current()).toMatchObject({
      accessToken: 'new-access',
      refreshToken: 'sent',
      refreshTokenIssuedAt: iso(startMs),
    });
    expect(stagesOf(world)).toEqual(['AWSCURRENT', labels.open, labels.sent]);
    expect(after).toMatchObject({ lacksSuccessor: true, outcome: 'rotated' });
    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'The provider gave no refresh token: it is asked for again',
        fields: { refreshToken: fingerprint('sent') },
      },
    ]);
  });

  it('is as old as the version that holds the token which was sent', async () => {
    const world = await startWorld();
    const issuedAtMs = startMs - 24 * hourMs;
    const before = versionOf({ ...issued('before'), issuedAtMs }, previous);
    const sent = new Redacted('before');

    await publish(world, { grant: withoutSuccessor, sent }, { otherVersions: [before] });

    expect(world.stored.current()).toMatchObject({ refreshTokenIssuedAt: iso(issuedAtMs) });
  });

  it('keeps the place in the chain that the token had, in the escrow too', async () => {
    const world = await startWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });
    const entries = [held('rival', { parent: 'other' }), held('sent', { parent: 'elder' })];

    const after = await publish(world, { grant: withoutSuccessor }, { held: entries });

    expect(after).toMatchObject({ refusesWrites: true, lacksSuccessor: true });
    expect(after.held.find(({ sent }) => sent)?.parent).toBe(fingerprint('elder'));
  });

  it('is not stored once more if the one before is there and fresh', async () => {
    const world = await startWorld({ issuedAtMs: sentAtMs, refreshTokenIssuedAt: iso(startMs) });
    const versions = world.stored.versionCount();
    const extended = { grant: withoutSuccessor };

    const after = await publish(world, extended, { force: false });

    expect(world.stored.versionCount()).toBe(versions);
    expect(after).toMatchObject({ lacksSuccessor: true, refreshes: 0, outcome: undefined });
    await publish(world, extended, { force: true });
    expect(world.stored.versionCount()).toBe(versions + 1);
  });

  it('begins no chain', async () => {
    const world = await startWorld();

    await expect(
      publish(world, { grant: withoutSuccessor, sent: undefined, outcome: 'reissued' }),
    ).rejects.toMatchObject({ code: 'ChainBroken' });
  });
});
