import { inspect } from 'node:util';
import { Redacted } from '../../../../lambda/core/redacted';
import { setEnvironment } from '../../../support/environment';
import { minuteMs } from '../../../support/simulatedClock';
import { context, HandlerEnvironment } from './environment';

const environment = new HandlerEnvironment();
beforeAll(() => environment.start());
afterAll(() => environment.close());
beforeEach(() => environment.begin());

it('keeps a connection fresh by hand: marks and rotates once, then finds it fresh', async () => {
  const { aws, clock, connection, handler, provider, stored } = environment;
  const before = aws.calls.length;

  const first = await handler({ connection }, context);
  const second = await handler({ connection }, context);

  expect(first).toEqual({
    connection,
    outcome: 'rotated',
    expiresAt: stored.current().expiresAt,
    versionId: stored.versionOf('AWSCURRENT'),
  });
  expect(second).toEqual({ ...first, outcome: 'fresh' });
  const operations = aws.calls.slice(before).map(({ operation }) => operation);
  expect(operations).toContain('UpdateSecretVersionStage');
  expect(operations.slice(-2)).toEqual(['PutSecretValue', 'GetSecretValue']);
  const { accessToken = '', refreshToken = '' } = stored.current();
  expect(provider.model.isAccessTokenValid(accessToken, clock.now())).toBe(true);
  expect(provider.model.refreshTokenState(refreshToken).state).toBe('unused');
});

it('rotates by force', async () => {
  const { clock, connection, handler, stored } = environment;
  await handler({ connection }, context);
  const { refreshToken } = stored.current();
  clock.advance(minuteMs);

  const result = await handler({ connection, force: true }, context);

  expect(result).toMatchObject({ outcome: 'rotated' });
  expect(stored.current().refreshToken).not.toBe(refreshToken);
});

it('answers the steps of Secrets Manager', async () => {
  const { aws, connection, handler, stored } = environment;
  const ClientRequestToken = '11111111-2222-3333-4444-555555555555';
  const SecretId = aws.secretsManager.arnOf(`sfmc/${connection}`);

  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
    await handler({ Step, SecretId, ClientRequestToken }, context);
  }

  expect(stored.versionOf('AWSCURRENT')).toBe(ClientRequestToken);
});

it('sends a message to its queue before it uses a refresh token', async () => {
  const { aws, connection, handler } = environment;
  const Attributes = { FifoQueue: 'true' };
  const { QueueUrl } = aws.sqs.createQueue({ QueueName: 'followUps.fifo', Attributes });
  setEnvironment({ QUEUE_URL: QueueUrl });

  await handler({ connection }, context);

  const { Messages = [] } = aws.sqs.receiveMessage({ QueueUrl, AttributeNames: ['All'] });
  expect(Messages.map(({ Body }) => JSON.parse(Body ?? ''))).toEqual([
    { connection, isFollowUp: true, force: true },
  ]);
  expect(Messages[0]?.Attributes).toMatchObject({ MessageGroupId: connection });
});

it('logs JSON with connection and request, and measures; never a token or a secret', async () => {
  const { connection, handler, provider, stored } = environment;

  const result = await handler({ connection }, context);

  expect(environment.logged()).toEqual([
    expect.objectContaining({
      message: 'Rotation finished',
      requestId: 'request-1',
      ...result,
      secondsToExpiry: expect.any(Number),
      refreshTokenAgeSeconds: expect.any(Number),
      providerAttempts: 2,
      providerMs: expect.any(Number),
    }),
  ]);
  expect(environment.metrics()).toMatchObject({
    Rotated: 1,
    SecondsToExpiry: expect.any(Number),
    connection,
  });
  const said = inspect(environment.output(), { depth: 20 });
  for (const secret of [...Object.values(stored.current()), provider.clientSecret]) {
    if (!/^\d{4}-|^http/.test(secret)) expect(said).not.toContain(secret);
  }
});

it('logs, counts and throws what fails, under its code', async () => {
  const { connection, handler, stored } = environment;
  stored.deleteParameter('config');

  await expect(handler({ connection }, context)).rejects.toMatchObject({ name: 'InvalidConfig' });

  expect(environment.logged()).toEqual([
    expect.objectContaining({
      level: 'ERROR',
      code: 'InvalidConfig',
      connection,
      message: expect.stringContaining(`the parameter /sfmc/${connection}/config does not exist`),
    }),
  ]);
  expect(environment.logged()[0]).not.toHaveProperty('refusedTokens');
  expect(environment.metrics()).toMatchObject({ Failed: 1 });
  expect(environment.metrics()).not.toHaveProperty('ChainBroken');
});

it('counts a broken chain by itself, and names the refused tokens by their fingerprints', async () => {
  const { connection, handler, provider, stored } = environment;
  const { refreshToken = '' } = stored.current();
  provider.model.revokeChain(refreshToken);

  await expect(handler({ connection }, context)).rejects.toMatchObject({ name: 'ChainBroken' });

  expect(environment.metrics()).toMatchObject({ Failed: 1, ChainBroken: 1 });
  expect(environment.logged().at(-1)).toMatchObject({
    level: 'ERROR',
    code: 'ChainBroken',
    refusedTokens: [new Redacted(refreshToken).fingerprint],
  });
});

it('refuses an event that it does not know, without a call', async () => {
  const { aws, connection, handler } = environment;
  const before = aws.calls.length;

  await expect(handler({ Connection: connection }, context)).rejects.toMatchObject({
    name: 'InvalidEvent',
  });

  expect(aws.calls).toHaveLength(before);
  expect(environment.logged()).toEqual([expect.objectContaining({ code: 'InvalidEvent' })]);
  expect(environment.logged()[0]).not.toHaveProperty('connection');
});

it('refuses an environment variable that makes no sense', async () => {
  const { connection, handler } = environment;
  setEnvironment({ REFRESH_BELOW_SECONDS: 'soon' });

  await expect(handler({ connection }, context)).rejects.toMatchObject({
    name: 'InvalidConfig',
    message: expect.stringContaining('REFRESH_BELOW_SECONDS'),
  });

  expect(environment.logged()).toEqual([
    expect.objectContaining({ level: 'ERROR', code: 'InvalidConfig', requestId: 'request-1' }),
  ]);
  expect(environment.metrics()).toMatchObject({ Failed: 1 });
});

it('follows the prefixes and the margin that the environment sets', async () => {
  const { connection, handler } = environment;
  setEnvironment({ SECRET_PREFIX: 'team/', REFRESH_BELOW_SECONDS: '3600' });

  await expect(handler({ connection }, context)).rejects.toMatchObject({
    message: expect.stringContaining(`team/${connection}`),
  });
});

it('keeps to the time that Lambda has left', async () => {
  const { connection, handler } = environment;
  const late = { ...context, getRemainingTimeInMillis: () => 2_000 };

  await expect(handler({ connection }, late)).rejects.toMatchObject({ name: 'DeadlineExceeded' });
});

it.each([
  ['without a context', undefined],
  ['with one of a local runtime that says nothing', {} as typeof context],
])('does %s', async (_, given) => {
  const { connection, handler } = environment;

  const result = await handler({ connection }, given);

  expect(result).toMatchObject({ outcome: 'rotated' });
  expect(environment.logged().at(-1)).not.toHaveProperty('requestId');
});

it('puts each rotation on its event bus where that is asked for', async () => {
  const { aws, connection, handler } = environment;
  setEnvironment({ EVENT_BUS_NAME: 'default', ROTATED_EVENTS: 'true' });

  await handler({ connection }, context);

  expect(aws.events.put.map(({ detail }) => detail)).toEqual([
    expect.objectContaining({ connection, outcome: 'rotated' }),
  ]);
});

it('measures how many connections have a schedule where that is known', async () => {
  const { connection, handler } = environment;

  await handler({ connection }, context);
  const unknown = environment.metrics();
  setEnvironment({ SCHEDULED_CONNECTIONS: '12' });
  await handler({ connection }, context);

  expect(unknown).not.toHaveProperty('Connections');
  expect(environment.metrics()).toMatchObject({ Connections: 12 });
});

it('says no more than the name of an error that nobody foresaw', async () => {
  const event = {
    get connection(): string {
      throw new TypeError('canary');
    },
  };

  await expect(environment.handler(event, context)).rejects.toThrow('canary');

  expect(environment.logged()).toEqual([
    expect.objectContaining({ message: 'Rotation failed unexpectedly', code: 'TypeError' }),
  ]);
  expect(inspect(environment.output(), { depth: 20 })).not.toContain('canary');
});
