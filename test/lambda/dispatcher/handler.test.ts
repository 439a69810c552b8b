import { type AwsLocal, startAwsLocal } from '../../../local/aws/server';
import { setEnvironment } from '../../support/environment';
import { captureOutput, type JsonLine } from '../../support/output';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';

type Handler = typeof import('../../../lambda/dispatcher/handler').handler;

let aws: AwsLocal;
let handler: Handler;
let queueUrl: string;

/** One container for all tests, as Lambda keeps one. */
beforeAll(async () => {
  aws = await startAwsLocal();
  queueUrl = aws.sqs.createQueue({
    QueueName: 'fleet.fifo',
    Attributes: { FifoQueue: 'true' },
  }).QueueUrl;
  Object.assign(process.env, rotatorEnvironment(aws.url), { QUEUE_URL: queueUrl });
  ({ handler } = await import('../../../lambda/dispatcher/handler'));
});

afterAll(() => aws.close());

let output: () => JsonLine[];
beforeEach(() => {
  output = captureOutput();
});

const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 30_000 };
/** The four runs of a period. */
const runs = ['08:00', '08:05', '08:10', '08:15'].map((time) => `2026-11-24T${time}:00Z`);

it('sends what has a config and the name of a connection, once in a period', async () => {
  const put = (Name: string, Type: 'String' | 'SecureString' = 'String') =>
    aws.parameterStore.putParameter({ Name, Type, Value: '{}' });
  for (const name of ['acme', 'globex']) {
    put(`/sfmc/${name}/config`);
    put(`/sfmc/${name}/client-secret`, 'SecureString');
  }
  put('/sfmc/acme/note');
  put('/sfmc/acme/deeper/config');
  put('/sfmc/No_Connection/config');
  put('/sfmc/secretly/config', 'SecureString');
  put('/elsewhere/initech/config');

  const results = [];
  for (const scheduledAt of [...runs, ...runs]) {
    results.push(await handler({ scheduledAt }, context));
  }

  const { Messages = [] } = aws.sqs.receiveMessage({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  expect(results.every(({ connections, pages }) => connections === 2 && pages === 1)).toBe(true);
  expect(Messages.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId]).sort()).toEqual(
    [
      ['{"connection":"acme"}', 'acme'],
      ['{"connection":"globex"}', 'globex'],
    ],
  );
  expect(output()[0]).toMatchObject({ message: 'Dispatched', requestId: 'request-1' });
});

it.each([
  [{ scheduledAt: 'soon' }, /^The event's scheduledAt must be an ISO 8601 time\. Send \{/],
  [{ scheduledAt: 1_795_000_000 }, /^The event's scheduledAt must be an ISO 8601 time\. Send \{/],
  ['2026-11-24T08:00:00Z', /^The event's value must be a JSON object\. Send \{/],
])('refuses the event %j, and says what to send', async (event, problem) => {
  await expect(handler(event, context)).rejects.toMatchObject({
    name: 'InvalidEvent',
    message: expect.stringMatching(problem),
  });

  expect(output()).toMatchObject([
    { level: 'ERROR', code: 'InvalidEvent', problem: expect.stringMatching(problem) },
  ]);
});

it('takes the present time if an event has none', async () => {
  const { connections } = await handler({});

  expect(connections).toBe(2);
  const { period } = output().find(({ message }) => message === 'Dispatched') ?? {};
  const ageMs = Date.now() - Date.parse(String(period));
  expect(ageMs).toBeGreaterThanOrEqual(0);
  expect(ageMs).toBeLessThan(25 * 60_000);
});

it.each(['', 'the queue'])('names the variable if QUEUE_URL is %j', async (value) => {
  setEnvironment({ QUEUE_URL: value });

  await expect(handler({}, context)).rejects.toMatchObject({
    name: 'InvalidConfig',
    message: expect.stringContaining('QUEUE_URL must be the URL'),
  });

  expect(output()).toMatchObject([{ level: 'ERROR', code: 'InvalidConfig' }]);
});
