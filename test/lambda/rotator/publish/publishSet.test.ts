import type { Facts } from '../../../../lambda/core/facts';
import { isChildOf } from '../../../../lambda/core/lineage';
import { readCurrent } from '../../../../lambda/rotator/observe';
import { publishHeld, publishSet } from '../../../../lambda/rotator/publishSet';
import type { LocalWorld } from '../../../support/localWorld';
import { startSeededWorld } from '../../../support/startWorld';
import { factsOf, listedOf } from '../../core/facts';
import { heldOf } from './tokenSets';

const set = heldOf('refresh');

const factsIn = async (world: LocalWorld, overrides: Partial<Facts> = {}) =>
  factsOf({ current: await readCurrent(world.run()), force: true, ...overrides });

describe('once a token set was published', () => {
  it('it is AWSCURRENT, and what was known of the versions before is known no more', async () => {
    const world = await startSeededWorld();
    const facts = await factsIn(world, {
      isOwnCurrent: true,
      markFailed: true,
      refusesWrites: true,
      otherVersions: [],
    });

    const after = await publishSet(world.run(), { ...facts, listed: listedOf(facts.current) }, set);

    expect(after).toMatchObject({
      current: { versionId: world.stored.versionOf('AWSCURRENT') },
      isOwnCurrent: false,
      held: [],
      escrowPresent: false,
      listed: undefined,
      otherVersions: undefined,
      refusesWrites: false,
      markFailed: false,
    });
  });

  it('whoever forced a rotation is served by what had been left elsewhere', async () => {
    const world = await startSeededWorld();

    const after = await publishHeld(world.run(), await factsIn(world), set);

    expect(after).toMatchObject({ force: false, repaired: true });
  });

  it('it descends from AWSCURRENT, or from nothing if that had no refresh token', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const descendsFrom = (parent: string) => {
      const versionId = world.stored.versionOf('AWSCURRENT') ?? '';
      return isChildOf(parent, { versionId, text: JSON.stringify(world.stored.current()) });
    };

    const seeded = await factsIn(world);
    await publishSet(run, seeded, set);
    expect(descendsFrom(seeded.current.versionId)).toBe(true);

    world.stored.put({});
    const emptied = await factsIn(world);
    await publishSet(run, emptied, heldOf('next'));
    expect(descendsFrom(emptied.current.versionId)).toBe(false);
    expect(descendsFrom('')).toBe(true);
  });
});

it('a token set that Secrets Manager does not take repairs nothing: it is in the escrow', async () => {
  const world = await startSeededWorld();
  const facts = await factsIn(world);
  world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });

  const after = await publishHeld(world.run(), facts, { ...set, open: true });

  expect(after).toMatchObject({
    force: true,
    repaired: false,
    escrowPresent: true,
    refusesWrites: true,
    held: [{ open: true }],
    current: facts.current,
  });
});

it.each([
  ['clean', {}, false],
  ['to be confirmed', { open: true }, true],
  ['one whose token was sent', { sent: true }, true],
])(
  'the log says of a token set from elsewhere that is %s whether it is open',
  async (_, marks, isOpen) => {
    const world = await startSeededWorld();

    await publishHeld(world.run(), await factsIn(world), heldOf('refresh', marks));

    expect(world.telemetry.lines).toContainEqual({
      level: 'warn',
      message: 'Published a token set that had been left outside AWSCURRENT',
      fields: {
        refreshToken: expect.stringMatching(/^[0-9a-f]{8}$/),
        issuedAt: '2026-11-24T08:00:00.000Z',
        open: isOpen,
      },
    });
  },
);
