import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { type AwsLocal, startAwsLocal } from '../../../local/aws/server';
import { type ProviderSimulator, startProviderSimulator } from '../../../local/provider/server';
import { setEnvironment } from '../../support/environment';
import '../../support/nodeErrors';
import { captureOutput, type JsonLine } from '../../support/output';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { StoredConnection } from '../../support/storedConnection';

type Handler = typeof import('../../../lambda/rotator/handler').handler;

const folder = mkdtempSync(path.join(os.tmpdir(), 'sfmc-token-rotator-test-'));
let aws: AwsLocal;
let provider: ProviderSimulator;
let handler: Handler;
let stored: StoredConnection;

/** One container for all tests, as Lambda keeps one; each test has a connection of its own. */
beforeAll(async () => {
  [aws, provider] = await Promise.all([startAwsLocal(), startProviderSimulator()]);
  jest.spyOn(os, 'tmpdir').mockReturnValue(folder);
  Object.assign(process.env, rotatorEnvironment(aws.url));
  ({ handler } = await import('../../../lambda/rotator/handler'));
});

afterAll(async () => {
  await Promise.all([aws.close(), provider.close()]);
  rmSync(folder, { recursive: true });
});

let connections = 0;
let connection: string;
let output: () => JsonLine[];

beforeEach(() => {
  connection = `acme-${++connections}`;
  stored = new StoredConnection(aws, connection);
  stored.put({ refreshToken: provider.model.startChain('user', Date.now()) });
  stored.configure({ authBaseUrl: provider.url, clientId: provider.clientId });
  stored.putParameter('client-secret', provider.clientSecret);
  output = captureOutput();
});

const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 40_000 };
const logged = () => output().filter((line) => 'level' in line);
const metrics = () => Object.assign({}, ...output().filter((line) => '_aws' in line));

it('keeps the connection of a schedule fresh: rotates once, then finds it fresh', async () => {
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
  expect(aws.calls.slice(before).map(({ operation }) => operation)).toEqual([
    'GetSecretValue',
    'GetParameters',
    'PutSecretValue',
    'GetSecretValue',
  ]);
  const { accessToken = '', refreshToken = '' } = stored.current();
  expect(provider.model.isAccessTokenValid(accessToken, Date.now())).toBe(true);
  expect(provider.model.refreshTokenState(refreshToken).state).toBe('unused');
});

it('rotates by force', async () => {
  await handler({ connection }, context);
  const { refreshToken } = stored.current();

  const result = await handler({ connection, force: true }, context);

  expect(result).toMatchObject({ outcome: 'rotated' });
  expect(stored.current().refreshToken).not.toBe(refreshToken);
});

it('answers the steps of Secrets Manager', async () => {
  const ClientRequestToken = '11111111-2222-3333-4444-555555555555';
  const SecretId = aws.secretsManager.arnOf(`sfmc/${connection}`);

  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
    await handler({ Step, SecretId, ClientRequestToken }, context);
  }

  expect(stored.versionOf('AWSCURRENT')).toBe(ClientRequestToken);
});

it('logs JSON with connection and request, and measures; never a token or a secret', async () => {
  const result = await handler({ connection }, context);

  expect(logged()).toEqual([
    expect.objectContaining({
      message: 'Rotation finished',
      requestId: 'request-1',
      ...result,
      secondsToExpiry: expect.any(Number),
      refreshTokenAgeSeconds: expect.any(Number),
      providerAttempts: 1,
      providerMs: expect.any(Number),
    }),
  ]);
  expect(metrics()).toMatchObject({
    Rotated: 1,
    SecondsToExpiry: expect.any(Number),
    connection,
  });
  const said = inspect(output(), { depth: 20 });
  for (const secret of [...Object.values(stored.current()), provider.clientSecret]) {
    if (!/^\d{4}-|^http/.test(secret)) expect(said).not.toContain(secret);
  }
});

it('logs, counts and throws what fails, under its code', async () => {
  stored.deleteParameter('config');

  await expect(handler({ connection }, context)).rejects.toMatchObject({ name: 'InvalidConfig' });

  expect(logged()).toEqual([
    expect.objectContaining({
      level: 'ERROR',
      code: 'InvalidConfig',
      connection,
      message: expect.stringContaining(`the parameter /sfmc/${connection}/config does not exist`),
    }),
  ]);
  expect(metrics()).toMatchObject({ Failed: 1 });
});

it('counts a broken chain by itself', async () => {
  provider.model.revokeChain(stored.current().refreshToken ?? '');

  await expect(handler({ connection }, context)).rejects.toMatchObject({ name: 'ChainBroken' });

  expect(metrics()).toMatchObject({ Failed: 1, ChainBroken: 1 });
});

it('refuses an event that it does not know, without a call', async () => {
  const before = aws.calls.length;

  await expect(handler({ Connection: connection }, context)).rejects.toMatchObject({
    name: 'InvalidEvent',
  });

  expect(aws.calls).toHaveLength(before);
  expect(logged()).toEqual([expect.objectContaining({ code: 'InvalidEvent' })]);
  expect(logged()[0]).not.toHaveProperty('connection');
});

it('refuses an environment variable that makes no sense', async () => {
  setEnvironment({ REFRESH_BELOW_SECONDS: 'soon' });

  await expect(handler({ connection }, context)).rejects.toMatchObject({
    name: 'InvalidConfig',
    message: expect.stringContaining('REFRESH_BELOW_SECONDS'),
  });
});

it('follows the prefixes and the margin that the environment sets', async () => {
  setEnvironment({ SECRET_PREFIX: 'team/', REFRESH_BELOW_SECONDS: '3600' });

  await expect(handler({ connection }, context)).rejects.toMatchObject({
    message: expect.stringContaining(`team/${connection}`),
  });
});

it('keeps to the time that Lambda has left', async () => {
  const late = { ...context, getRemainingTimeInMillis: () => 2_000 };

  await expect(handler({ connection }, late)).rejects.toMatchObject({ name: 'DeadlineExceeded' });
});

it('does without a context', async () => {
  const result = await handler({ connection });

  expect(result).toMatchObject({ outcome: 'rotated' });
});

it('says no more than the name of an error that nobody foresaw', async () => {
  const event = {
    get connection(): string {
      throw new TypeError('canary');
    },
  };

  await expect(handler(event, context)).rejects.toThrow('canary');

  expect(logged()).toEqual([
    expect.objectContaining({ message: 'Rotation failed unexpectedly', code: 'TypeError' }),
  ]);
  expect(inspect(output(), { depth: 20 })).not.toContain('canary');
});

describe('a batch of SQS', () => {
  const message = (messageId: string, body: unknown) => ({
    messageId,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    eventSource: 'aws:sqs',
  });

  it('keeps each of its connections fresh, and names none to be delivered again', async () => {
    const second = new StoredConnection(aws, `${connection}-second`);
    second.put({ refreshToken: provider.model.startChain('user', Date.now()) });
    second.configure({ authBaseUrl: provider.url, clientId: provider.clientId });
    second.putParameter('client-secret', provider.clientSecret);

    const answer = await handler(
      {
        Records: [
          message('1', { connection }),
          message('2', { connection: `${connection}-second`, force: true }),
        ],
      },
      context,
    );

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(logged()).toHaveLength(2);
    expect(logged()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          message: 'Rotation finished',
          connection,
          requestId: 'request-1',
        }),
        expect.objectContaining({ connection: `${connection}-second`, outcome: 'rotated' }),
      ]),
    );
    expect(metrics()).toMatchObject({
      Rotated: [1, 1],
      SecondsToExpiry: [expect.any(Number), expect.any(Number)],
    });
    expect(metrics()).not.toHaveProperty('connection');
  });

  it('names the messages that failed, and logs and counts each', async () => {
    const answer = await handler(
      {
        Records: [
          message('1', { connection: 'missing' }),
          message('2', { connection }),
          message('3', 'no JSON'),
          message('4', { connection: 7 }),
        ],
      },
      context,
    );

    expect(answer).toEqual({
      batchItemFailures: ['1', '3', '4'].map((itemIdentifier) => ({ itemIdentifier })),
    });
    const errors = logged().filter(({ level }) => level === 'ERROR');
    expect(errors.map(({ code }) => code).sort()).toEqual([
      'InvalidConfig',
      'InvalidEvent',
      'InvalidEvent',
    ]);
    expect(errors.find(({ code }) => code === 'InvalidConfig')).toMatchObject({
      connection: 'missing',
    });
    expect(metrics()).toMatchObject({ Failed: [1, 1, 1], Rotated: 1 });
  });

  it('is refused whole where it is none of SQS', async () => {
    await expect(handler({ Records: [{ s3: {} }] }, context)).rejects.toMatchObject({
      name: 'InvalidEvent',
    });
  });
});
