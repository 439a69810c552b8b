import { closingReserveMs, storeAttemptMs } from '../../../lambda/core/limits';
import { connectSecretStore } from '../../../lambda/effects/secretStore';
import { readCurrent } from '../../../lambda/rotator/observe';
import type { LocalWorld } from '../../support/localWorld';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { startScriptedServer } from '../../support/scriptedServer';
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

  it('is not begun if too little time is left', async () => {
    const world = await startSeededWorld();

    await expect(
      readCurrent(world.run({ timeMs: storeAttemptMs + closingReserveMs - 1 })),
    ).rejects.toMatchObject({
      code: 'DeadlineExceeded',
      message:
        'Connection "acme": not enough of the invocation\'s time is left to call the stores. Nothing ' +
        'was lost; the next invocation goes on from here.',
    });

    expect(world.requests).toEqual([]);
    await readCurrent(world.run({ timeMs: storeAttemptMs + closingReserveMs }));
    expect(world.requests).toHaveLength(1);
  });
});

describe('while a refresh token may have been used whose successor is not stored', () => {
  it.each(['deny', 'denyKms', 'limitExceeded'] as const)(
    'a call that fails by %s is repeated as well',
    async (kind) => {
      const world = await startSeededWorld();
      world.aws.orderFault({ kind, calls: 4 });
      const run = world.run();
      run.progress.staysToDeadline = true;

      await readCurrent(run);

      expect(world.requests).toHaveLength(5);
    },
  );

  it('one for what does not exist fails at once all the same', async () => {
    const world = await startSeededWorld();
    const settings = { ...world.invocation().settings, secretPrefix: 'x/' };
    const run = world.run({ settings });
    run.progress.staysToDeadline = true;

    await expect(readCurrent(run)).rejects.toMatchObject({ code: 'InvalidConfig' });

    expect(world.requests).toHaveLength(1);
  });

  it('one that is denied goes on to the deadline, and fails then', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ kind: 'deny', calls: 'untilCancelled' });
    const run = world.run();
    run.progress.staysToDeadline = true;

    await expect(readCurrent(run)).rejects.toMatchObject({ code: 'StoreUnavailable' });

    expect(run.deadlineMs - world.clock.now()).toBeLessThan(4 * storeAttemptMs);
  });
});

describe('a secret that is scheduled for deletion', () => {
  it('is named as that, with the command that takes it back', async () => {
    const world = await startSeededWorld();
    world.aws.secretsManager.deleteSecret({ SecretId: 'sfmc/acme' });

    await expect(readCurrent(world.run())).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message:
        'Connection "acme" in us-east-1: Secrets Manager: GetSecretValue of sfmc/acme failed with ' +
        'InvalidRequestException: it is scheduled for deletion. Take it back: aws secretsmanager ' +
        'restore-secret --secret-id sfmc/acme. The tokens in it stay.',
    });

    expect(world.requests).toHaveLength(1);
  });
});

describe('a clock that is wrong', () => {
  /** Secrets Manager refuses the signature's time so often, then answers. */
  async function refuseSignatures({ aws }: LocalWorld, times: number) {
    let left = times;
    const dates: unknown[] = [];
    const server = await startScriptedServer(async (response, { body, headers, method = '' }) => {
      dates.push(headers['x-amz-date']);
      response.setHeader('date', 'Tue, 24 Nov 2026 08:10:00 GMT');
      if (left-- > 0) {
        response.statusCode = 400;
        const message = 'Signature expired: 20261124T080000Z is now earlier than 20261124T080500Z';
        response.end(JSON.stringify({ __type: 'InvalidSignatureException', message }));
        return;
      }
      const { 'x-amz-target': target, 'content-type': type } = headers;
      const passedOn = { 'x-amz-target': String(target), 'content-type': String(type) };
      const answer = await fetch(aws.url, {
        method,
        body,
        headers: { ...headersOf(), ...passedOn },
      });
      response.end(await answer.text());
    });
    return { dates, secretStore: connectSecretStore(rotatorEnvironment(server.url)) };
  }

  /** What names the service; nothing verifies the signature. */
  const headersOf = () => ({
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDROTATOR/20261124/us-east-1/secretsmanager/aws4_request, ' +
      'SignedHeaders=host, Signature=0',
  });

  it('is corrected by the answer that refuses its signature: the call is made again at once', async () => {
    const world = await startSeededWorld();
    const { dates, secretStore } = await refuseSignatures(world, 1);

    const current = await readCurrent(world.run({ secretStore }));

    expect(current.versionId).toBe(world.stored.versionOf('AWSCURRENT'));
    expect(dates).toEqual([expect.any(String), expect.stringMatching(/^20261124T08(09|10)/)]);
    expect(world.clock.sleptMs[0]).toBeLessThan(secondMs);
  });

  it('is named if it stays wrong', async () => {
    const world = await startSeededWorld();
    const { secretStore } = await refuseSignatures(world, 99);

    await expect(readCurrent(world.run({ secretStore }))).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringMatching(
        /failed with InvalidSignatureException\. The clock is wrong by more than AWS allows, the function's environment's or the endpoint's\.$/,
      ),
    });
  });
});
