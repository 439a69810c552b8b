import { setEnvironment } from '../../../support/environment';
import { minuteMs } from '../../../support/simulatedClock';
import { context, HandlerEnvironment } from './environment';

const environment = new HandlerEnvironment();
beforeAll(() => environment.start());
afterAll(() => environment.close());
beforeEach(() => environment.begin());

const again = (...messageIds: string[]) => ({
  batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch of the queue', () => {
  it('rotates by four calls at a first delivery, and finds the token fresh by one', async () => {
    const { aws, connection, handler, stored } = environment;
    const before = aws.calls.length;
    const deliver = () => handler({ Records: [environment.record('1', { connection })] }, context);

    const answers = [await deliver(), await deliver()];

    expect(answers).toEqual([again(), again()]);
    expect(aws.calls.slice(before).map(({ operation }) => operation)).toEqual([
      'GetSecretValue',
      'GetParameters',
      'PutSecretValue',
      'GetSecretValue',
    ]);
    expect(stored.current().accessToken).toEqual(expect.any(String));
  });

  it('keeps each of its connections fresh, and names none to be delivered again', async () => {
    const { connection, handler } = environment;
    const second = `${connection}-second`;
    environment.seed(second);
    setEnvironment({ CONNECTION_METRICS: 'false' });
    const Records = [
      environment.record('1', { connection }),
      environment.record('2', { connection: second, force: true }),
    ];

    const answer = await handler({ Records }, context);

    expect(answer).toEqual(again());
    expect(environment.logged()).toHaveLength(2);
    expect(environment.logged()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          message: 'Rotation finished',
          connection,
          requestId: 'request-1',
        }),
        expect.objectContaining({ connection: second, outcome: 'rotated' }),
      ]),
    );
    expect(environment.metrics()).toMatchObject({
      SecondsToExpiry: [expect.any(Number), expect.any(Number)],
    });
    expect(environment.metrics()).not.toHaveProperty('connection');
    expect(environment.metrics()).not.toHaveProperty('Rotated');
  });

  it('takes a second if it asks the provider for a token, and no time if it does not', async () => {
    const { clock, connection, handler } = environment;
    const took = async () => {
      const startedAtMs = clock.now();
      await handler({ Records: [environment.record('1', { connection })] }, context);
      return clock.now() - startedAtMs;
    };

    expect(await took()).toBe(1_000);
    expect(await took()).toBe(0);
  });

  it('measures a connection by its name if there are few of them', async () => {
    const { connection, handler } = environment;

    await handler({ Records: [environment.record('1', { connection })] }, context);

    expect(environment.metrics()).toMatchObject({ SecondsToExpiry: 3_600, connection });
  });

  it('names the messages that failed, and logs and counts each', async () => {
    const { connection, handler } = environment;
    const Records = [
      environment.record('1', { connection: 'missing' }),
      environment.record('2', { connection }),
      environment.record('3', 'no JSON'),
      environment.record('4', { connection: 7 }),
    ];

    const answer = await handler({ Records }, context);

    expect(answer).toEqual(again('1', '3', '4'));
    const errors = environment.logged().filter(({ level }) => level === 'ERROR');
    expect(errors.map(({ code }) => code).sort()).toEqual([
      'InvalidConfig',
      'InvalidEvent',
      'InvalidEvent',
    ]);
    expect(errors.find(({ code }) => code === 'InvalidConfig')).toMatchObject({
      connection: 'missing',
    });
    expect(environment.metrics()).toMatchObject({ Failed: [1, 1, 1], Rotated: 1 });
  });

  it('is no first delivery if SQS says that it is another, or says nothing', async () => {
    const { aws, clock, connection, handler } = environment;
    const delivered = async (record: object) => {
      const before = aws.calls.length;
      await handler({ Records: [record] }, context);
      clock.advance(25 * minuteMs);
      return aws.calls.slice(before).map(({ operation }) => operation);
    };
    const { attributes: _, ...withoutAttributes } = environment.record('2', { connection });

    const repeated = await delivered(
      environment.record('1', { connection }, { receiveCount: 2, ageMs: minuteMs }),
    );
    const unknown = await delivered(withoutAttributes);

    expect(repeated).toContain('UpdateSecretVersionStage');
    expect(unknown).toContain('UpdateSecretVersionStage');
  });

  it('is refused whole if it is not from SQS', async () => {
    await expect(environment.handler({ Records: [{ s3: {} }] }, context)).rejects.toMatchObject({
      name: 'InvalidEvent',
    });
  });

  it('is refused whole if it comes from another queue than its own, without a call', async () => {
    const { aws, connection, handler } = environment;
    const own = 'arn:aws:sqs:us-east-1:123456789012:sfmc-token-rotator.fifo';
    setEnvironment({ QUEUE_ARN: own });
    const from = (eventSourceARN: string) => ({
      Records: [{ ...environment.record('1', { connection, force: true }), eventSourceARN }],
    });
    const before = aws.calls.length;

    await expect(handler(from(`${own}x`), context)).rejects.toMatchObject({
      name: 'InvalidEvent',
    });
    expect(aws.calls).toHaveLength(before);
    expect(await handler(from(own), context)).toEqual(again());
  });
});

describe('a message that goes on with a direct invocation', () => {
  it.each([
    ['right', 0],
    ['4 minutes ahead', 4],
    ['4 minutes behind', -4],
  ])('fails quietly at its first delivery, by a clock that is %s', async (_, minutesOff) => {
    const { aws, clock, connection, handler } = environment;
    const body = { connection, isFollowUp: true };
    const delivered = (receiveCount: number) => {
      const ageMs = (minutesOff + receiveCount - 1) * minuteMs;
      return { Records: [environment.record('1', body, { receiveCount, ageMs })] };
    };
    const before = aws.calls.length;

    const early = await handler(delivered(1), context);
    const calls = aws.calls.length;
    const said = environment.output();
    clock.advance(minuteMs);
    const later = await handler(delivered(2), context);

    expect(early).toEqual(again('1'));
    expect(calls).toBe(before);
    expect(said).toEqual([]);
    expect(later).toEqual(again());
    expect(environment.metrics()).toMatchObject({ Rotated: 1 });
  });

  it('is marked when its time has come: a direct invocation may have died', async () => {
    const { aws, connection, handler } = environment;
    const before = aws.calls.length;

    const record = environment.record('1', { connection, isFollowUp: true }, { receiveCount: 2 });
    await handler({ Records: [record] }, context);

    const operations = aws.calls.slice(before).map(({ operation }) => operation);
    expect(operations).toContain('UpdateSecretVersionStage');
  });
});

it('one that waits for its first refresh token is done with, and counts as no failure', async () => {
  const { connection, handler, stored } = environment;
  const unseeded = `${connection}-unseeded`;
  environment.aws.secretsManager.createSecret({
    Name: `sfmc/${unseeded}`,
    ClientRequestToken: 'v'.repeat(32),
    SecretString: '{}',
  });

  const answer = await handler(
    { Records: [environment.record('1', { connection: unseeded })] },
    context,
  );

  expect(answer).toEqual(again());
  expect(environment.logged()).toEqual([
    expect.objectContaining({ message: 'Waiting for the first refresh token', level: 'INFO' }),
  ]);
  expect(environment.metrics()).not.toHaveProperty('Failed');
  expect(stored.current()).not.toHaveProperty('accessToken');
});

it('one that is nearly over and has begun nothing is done with', async () => {
  const { connection, handler } = environment;
  const record = environment.record('1', { connection }, { ageMs: 18 * minuteMs });

  const answer = await handler({ Records: [record] }, context);

  expect(answer).toEqual(again());
  expect(environment.metrics()).not.toHaveProperty('Failed');
  expect(environment.logged()).toEqual([
    expect.objectContaining({
      level: 'WARN',
      code: 'DeadlineExceeded',
      message: expect.stringContaining('the next message begins it'),
      connection,
    }),
  ]);
});

it.each([31 * minuteMs, 3_000 * 24 * 60 * minuteMs])(
  'one that is older than the queue keeps any, by %d ms, is served as if it had just been sent, its token marked, and the clock is named',
  async (ageMs) => {
    const { aws, connection, handler } = environment;
    const Attributes = { FifoQueue: 'true' };
    const { QueueUrl } = aws.sqs.createQueue({ QueueName: 'misdated.fifo', Attributes });
    setEnvironment({ QUEUE_URL: QueueUrl });
    const before = aws.calls.length;

    const answer = await handler(
      { Records: [environment.record('1', { connection }, { ageMs })] },
      context,
    );

    expect(answer).toEqual(again());
    expect(environment.logged()).toEqual([
      expect.objectContaining({
        level: 'WARN',
        message: expect.stringContaining('clock is wrong'),
        sentAt: expect.any(String),
        connection,
        requestId: 'request-1',
      }),
      expect.objectContaining({ message: 'Rotation finished', outcome: 'rotated' }),
    ]);
    const operations = aws.calls.slice(before).map(({ operation }) => operation);
    expect(operations).toContain('UpdateSecretVersionStage');
    // One that sent another would be followed by that without an end.
    expect(aws.sqs.receiveMessage({ QueueUrl }).Messages ?? []).toEqual([]);
  },
);
