import { closingReserveMs, storeAttemptMs } from '../../../lambda/core/limits';
import { readCurrent } from '../../../lambda/rotator/observe';
import { secondMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';

describe('a call that fails', () => {
  it('is repeated while that may pass', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ kind: 'throttle', calls: 3 });

    await readCurrent(world.run());

    expect(world.requests).toHaveLength(4);
  });

  it.each([
    ['deny', 'AccessDeniedException: User: .*', "Check the function's role and, with a customer"],
    ['denyKms', 'AccessDeniedException: Access to KMS is not allowed', "Check the function's role"],
    ['decryptionFailure', 'DecryptionFailure: .*', "Check the function's role"],
    ['limitExceeded', 'LimitExceededException', 'Secrets Manager keeps 100 versions'],
  ] as const)('is not repeated after %s, and says the remedy', async (kind, reason, remedy) => {
    const world = await startSeededWorld();
    world.aws.orderFault({ kind });

    await expect(readCurrent(world.run())).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringMatching(
        `^Connection "acme" in us-east-1: Secrets Manager: GetSecretValue of sfmc/acme failed ` +
          `with ${reason}. ${remedy}`,
      ),
    });

    expect(world.requests).toHaveLength(1);
  });

  it('says where a secret is missing, since the region may be the wrong one', async () => {
    const world = await startSeededWorld();
    const settings = { ...world.invocation().settings, region: 'eu-west-1', secretPrefix: 'x/' };

    const reading = readCurrent(world.run({ settings }));

    await expect(reading).rejects.toMatchObject({
      code: 'InvalidConfig',
      message:
        'Connection "acme" in eu-west-1: Secrets Manager: GetSecretValue of x/acme failed with ' +
        'ResourceNotFoundException. Deploy the connection in this region, or invoke the function ' +
        'in the region that holds it.',
    });
  });

  it('ends with the invocation', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ kind: 'internal', calls: 'untilCancelled' });
    const run = world.run({ timeMs: 10 * secondMs });

    await expect(readCurrent(run)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringMatching(/The next invocation tries again\.$/),
    });

    expect(world.clock.now()).toBeLessThanOrEqual(run.deadlineMs - storeAttemptMs);
  });

  it('is not begun where too little time is left', async () => {
    const world = await startSeededWorld();

    await expect(
      readCurrent(world.run({ timeMs: storeAttemptMs + closingReserveMs - 1 })),
    ).rejects.toMatchObject({
      code: 'DeadlineExceeded',
      message: expect.stringContaining('Nothing was lost; the next invocation goes on from here.'),
    });

    expect(world.requests).toEqual([]);
  });
});
