import type { FollowUp } from '../../../lambda/effects/followUpQueue';
import { LeftToNextMessage, leaveToNextMessage } from '../../../lambda/rotator/leave';
import type { Run } from '../../../lambda/rotator/run';
import { startSeededWorld } from '../../support/startWorld';

async function leave({ force = false, receiveCount = 1, fails = false } = {}) {
  const world = await startSeededWorld();
  const sent: FollowUp[] = [];
  const followUps = {
    async send(message: FollowUp) {
      if (fails) throw Object.assign(new Error('secret text'), { name: 'AccessDenied' });
      sent.push(message);
    },
  };
  const delivery = { by: 'queue', receiveCount, sentAtMs: world.clock.now() } as const;
  const run: Run = { ...world.run(), followUps, force, delivery };
  return { left: await leaveToNextMessage(run), sent, lines: world.telemetry.lines };
}

const nearlyOver = {
  code: 'DeadlineExceeded',
  message:
    'Connection "acme": its message is nearly over, and a refresh begun now could not be seen ' +
    'through. Nothing was sent; the next message begins it.',
};

describe('a first use that a message has no time for', () => {
  it('is left to the next message of the schedule', async () => {
    const { left, sent } = await leave();

    expect(left).toBeInstanceOf(LeftToNextMessage);
    expect(left).toMatchObject(nearlyOver);
    expect(sent).toEqual([]);
  });

  it('gets a message of its own if a person wants it', async () => {
    const { left, sent } = await leave({ force: true });

    expect(left).toBeInstanceOf(LeftToNextMessage);
    expect(sent).toEqual([{ connection: 'acme', force: true }]);
  });

  it('goes on failing by a message that has failed before: somebody has to know', async () => {
    const { left, sent } = await leave({ force: true, receiveCount: 2 });

    expect(left).not.toBeInstanceOf(LeftToNextMessage);
    expect(left).toMatchObject(nearlyOver);
    expect(sent).toEqual([]);
  });

  it('is left all the same if the queue takes no message, which the log says', async () => {
    const { left, lines } = await leave({ force: true, fails: true });

    expect(left).toBeInstanceOf(LeftToNextMessage);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'The queue did not take a message that goes on',
        fields: { problem: 'AccessDenied' },
      },
    ]);
  });

  it('needs no queue', async () => {
    const world = await startSeededWorld();

    const left = await leaveToNextMessage({ ...world.run(), force: true });

    expect(left).toBeInstanceOf(LeftToNextMessage);
    expect(world.telemetry.lines).toEqual([]);
  });
});
