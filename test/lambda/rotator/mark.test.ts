import type { Facts } from '../../../lambda/core/facts';
import { labels } from '../../../lambda/core/labels';
import { closingReserveMs, storeAttemptMs } from '../../../lambda/core/limits';
import { mark, markHeld } from '../../../lambda/rotator/mark';
import { listVersions, readCurrent } from '../../../lambda/rotator/observe';
import type { LocalWorld } from '../../support/localWorld';
import { startMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';
import { factsOf, fingerprint, held } from '../core/facts';

const issuedSet = {
  accessToken: 'access',
  refreshToken: 'refresh',
  issuedAt: new Date(startMs).toISOString(),
  expiresAt: new Date(startMs + 3_600_000).toISOString(),
};
const move = 'UpdateSecretVersionStage';
const list = 'ListSecretVersionIds';

/** A world whose AWSCURRENT holds a token set, with these labels beside. */
async function startIssuedWorld(...others: string[]): Promise<LocalWorld> {
  const world = await startSeededWorld();
  world.stored.put(issuedSet, ['AWSCURRENT', ...others]);
  return world;
}

async function factsIn(world: LocalWorld, overrides: Partial<Facts> = {}): Promise<Facts> {
  const run = world.run();
  const known = { current: await readCurrent(run), listed: await listVersions(run) };
  world.clearRequests();
  return factsOf({ ...known, ...overrides });
}

const denyMoves = ({ aws }: LocalWorld) =>
  aws.orderFault({ operation: move, kind: 'deny', calls: 'untilCancelled' });
const useOf = ({ uses }: Facts) => uses.get(fingerprint('refresh'));
const escrow = ({ stored }: LocalWorld) => JSON.parse(stored.escrow() ?? 'null');

describe('a mark on AWSCURRENT', () => {
  it('is one move of the label, after which AWSCURRENT is read again', async () => {
    const world = await startIssuedWorld();
    const run = world.run();

    const after = await mark(run, await factsIn(world), true);

    const versionId = world.stored.versionOf('AWSCURRENT');
    expect(world.requests).toEqual([move, 'GetSecretValue']);
    expect(world.stored.versionOf(labels.sent)).toBe(versionId);
    expect(after.current.stages.filter((stage) => stage === labels.sent)).toHaveLength(1);
    expect(after).toMatchObject({ markFailed: false, isOwnMark: true });
    expect(run.memory.marked).toBe(versionId);
  });

  it('takes the label from the version that had it', async () => {
    const world = await startIssuedWorld();
    const facts = await factsIn(world);
    world.stored.put({ refreshToken: 'other' }, [labels.sent]);
    const listed = await listVersions(world.run());

    await mark(world.run(), { ...facts, listed }, true);

    expect(world.stored.versionOf(labels.sent)).toBe(world.stored.versionOf('AWSCURRENT'));
  });

  it.each([
    ['was denied', []],
    ['is not known', undefined],
  ])('looks the label up itself if the list %s', async (_, listed) => {
    const world = await startIssuedWorld();

    await mark(world.run(), await factsIn(world, { listed }), true);

    expect(world.requests).toEqual([list, move, 'GetSecretValue']);
  });

  it('is not moved if it is there already', async () => {
    const world = await startIssuedWorld(labels.sent);

    await mark(world.run(), await factsIn(world), true);

    expect(world.requests).toEqual(['GetSecretValue']);
  });

  it('is moved from where it is by then if somebody else has moved it meanwhile', async () => {
    const world = await startIssuedWorld();
    const facts = await factsIn(world);
    world.stored.put({ refreshToken: 'other' }, [labels.sent]);

    await mark(world.run(), facts, true);

    expect(world.requests).toEqual([move, list, move, 'GetSecretValue']);
    expect(world.stored.versionOf(labels.sent)).toBe(world.stored.versionOf('AWSCURRENT'));
  });

  it('is not moved twice if the answer to the first time was lost', async () => {
    const world = await startIssuedWorld();
    const facts = await factsIn(world);
    world.aws.orderFault({ operation: move, kind: 'dropAfter' });

    const after = await mark(world.run(), facts, true);

    expect(world.requests).toEqual([move, list, 'GetSecretValue']);
    expect(after.markFailed).toBe(false);
  });

  it('counts though a stale read does not show it yet', async () => {
    const world = await startIssuedWorld();
    const facts = await factsIn(world);
    const { secretStore } = world.effects;
    const stale: typeof secretStore = {
      ...secretStore,
      async readCurrent(secretId) {
        const read = await secretStore.readCurrent(secretId);
        return read && { ...read, stages: ['AWSCURRENT'] };
      },
    };

    const after = await mark(world.run({ secretStore: stale }), facts, true);

    expect(after.current.stages).toEqual(['AWSCURRENT', labels.sent]);
  });

  it('is given up at once if the invocation ends', async () => {
    const world = await startIssuedWorld();
    const ended = new Error('the invocation ended');
    const facts = await factsIn(world);
    const secretStore = {
      ...world.effects.secretStore,
      moveStage: () => Promise.reject(ended),
    };

    await expect(mark(world.run({ secretStore }), facts, false)).rejects.toBe(ended);
    expect(world.requests).toEqual([]);
  });

  it('is not begun without the time that a call takes', async () => {
    const world = await startIssuedWorld();
    const run = world.run({ timeMs: storeAttemptMs + closingReserveMs - 1 });

    await expect(mark(run, await factsIn(world), false)).rejects.toMatchObject({
      code: 'DeadlineExceeded',
    });
    expect(world.requests).toEqual([]);
    expect(world.telemetry.lines).toEqual([]);
  });

  it('says whether the use that follows is the first one', async () => {
    const world = await startIssuedWorld(labels.open);
    const facts = await factsIn(world);
    const use = async (overrides: Partial<Facts>) =>
      useOf(await mark(world.run(), { ...facts, ...overrides }, true));
    const unknown = { delivery: { by: 'hand' } as const, escrowUnknown: true };

    expect(await use({})).toEqual({ isDirty: false });
    expect(await use(unknown)).toEqual({ isDirty: true });
    expect(await use({ held: [held('refresh', { sent: true })] })).toEqual({ isDirty: true });
  });

  it('is not one of its own if an earlier delivery may have sent the token', async () => {
    const world = await startIssuedWorld();

    const after = await mark(world.run(), await factsIn(world, { mayBeUsedUnseen: true }), true);

    expect(after.isOwnMark).toBe(false);
  });

  it('gives way to a version that was published meanwhile', async () => {
    const world = await startIssuedWorld();
    const facts = await factsIn(world);
    const winner = world.stored.put({ refreshToken: 'winner' });

    const after = await mark(world.run(), facts, true);

    expect(after).toMatchObject({ current: { versionId: winner }, force: false });
    expect(useOf(after)).toBeUndefined();
  });
});

describe('if Secrets Manager takes no label', () => {
  it.each([
    ['to be confirmed', [labels.open], true],
    ['due', [], false],
  ])('the mark of a version that is %s goes into the escrow', async (_, others, isOpen) => {
    const world = await startIssuedWorld(...others);
    const facts = await factsIn(world);
    denyMoves(world);

    const after = await mark(world.run(), facts, isOpen);

    expect(after).toMatchObject({ markFailed: true, escrowPresent: true });
    expect(escrow(world)).toMatchObject({
      refreshToken: 'refresh',
      sent: true,
      parent: '00000000',
    });
    expect(escrow(world).open ?? false).toBe(isOpen);
    expect(useOf(after)).toEqual({ isDirty: false });
  });

  it('nothing is sent by a version that is neither, though the escrow would take it', async () => {
    const world = await startIssuedWorld();
    const facts = await factsIn(world);
    denyMoves(world);

    const thrown: unknown = await mark(world.run(), facts, true).catch((it) => it);

    expect(thrown).toMatchObject({ code: 'StoreUnavailable' });
    expect((thrown as Error).message).toContain('UpdateSecretVersionStage');
    expect((thrown as Error).cause).toMatchObject({ kind: 'denied' });
    expect(world.stored.escrow()).toBeUndefined();
  });

  it.each([
    ['due', [], false],
    ['to be confirmed', [labels.open], true],
  ])(
    'the first refresh token alone that is %s goes without: no escrow holds it',
    async (_, others, isRequired) => {
      const world = await startSeededWorld();
      world.stored.put({ refreshToken: 'refresh' }, ['AWSCURRENT', ...others]);
      const facts = await factsIn(world);
      denyMoves(world);

      const after = await mark(world.run(), facts, isRequired);

      expect(after.markFailed).toBe(true);
      expect(world.stored.escrow()).toBeUndefined();
    },
  );

  it('what is due can do without any mark, what is to be confirmed cannot', async () => {
    const marked = async (isRequired: boolean) => {
      const world = await startIssuedWorld(labels.open);
      const facts = await factsIn(world);
      denyMoves(world);
      world.aws.orderFault({ operation: 'PutParameter', kind: 'deny', calls: 'untilCancelled' });
      return mark(world.run(), facts, isRequired);
    };

    expect(await marked(false)).toMatchObject({ markFailed: true, escrowPresent: false });
    await expect(marked(true)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('The refresh token was not sent'),
    });
  });
});

it.each([
  ['first of one to be confirmed', { open: true }, false],
  ['second of one to be confirmed', { open: true, sent: true }, true],
  ['first of one that is clean: whoever has sent it before, nobody knows', {}, true],
])('a mark in the escrow is followed by the use that is the %s', async (_, marks, isDirty) => {
  const world = await startSeededWorld();
  const parked = held('refresh', { ...marks, parent: 'other' });

  const after = await markHeld(world.run(), await factsIn(world), parked, 1);

  expect(useOf(after)).toEqual({ isDirty });
  expect(after.escrowPresent).toBe(true);
  expect(after.held).toMatchObject([{ sent: true }]);
  expect(escrow(world)).toMatchObject({ refreshToken: 'refresh', sent: true });
});
