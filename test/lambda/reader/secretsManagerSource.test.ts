import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createTokenReader, secretsManagerSource } from '../../../lambda/reader';
import { startAwsLocal } from '../../../local/aws/server';
import { connectClients } from '../../support/awsClients';
import { closeAfterTest } from '../../support/closing';
import { setEnvironment } from '../../support/environment';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { closedPort, type Script, startScriptedServer } from '../../support/scriptedServer';
import { StoredConnection } from '../../support/storedConnection';
import { holdTimeouts } from '../../support/timeouts';
import { prepareReader, tokenSet } from './readerWorld';

it('makes its client of the environment at the first read', async () => {
  const reader = createTokenReader({ connection: 'acme' });
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  new StoredConnection(aws).put(tokenSet('one', Date.now()));
  setEnvironment(rotatorEnvironment(aws.url));

  expect((await reader.get()).accessToken).toBe('access-one');
});

it('tries again by itself when Secrets Manager fails for a moment', async () => {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  new StoredConnection(aws).put(tokenSet('one', Date.now()));
  setEnvironment(rotatorEnvironment(aws.url));
  aws.orderFault({ kind: 'unavailable', calls: 2 });

  const tokens = await createTokenReader({ connection: 'acme' }).get();

  expect(tokens.accessToken).toBe('access-one');
  expect(aws.calls.map(({ status }) => status)).toEqual([503, 503, 200]);
});

it('gives up a request that hangs after three seconds', async () => {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  new StoredConnection(aws).put(tokenSet('one', Date.now()));
  setEnvironment(rotatorEnvironment(aws.url));
  aws.orderFault({ kind: 'hang' });

  const startedMs = performance.now();
  const tokens = await createTokenReader({ connection: 'acme' }).get();
  const tookMs = performance.now() - startedMs;

  expect(tokens.accessToken).toBe('access-one');
  expect(aws.calls).toHaveLength(2);
  expect(tookMs).toBeGreaterThan(2_900);
  expect(tookMs).toBeLessThan(8_000);
});

it('waits no longer than ten seconds, also for an answer that never ends', async () => {
  const { url, received } = await startScriptedServer((response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).write('{"Secret');
    timeouts.end();
  });
  const timeouts = holdTimeouts();
  const { secretsManager: client } = connectClients(url);
  const reader = createTokenReader({
    connection: 'acme',
    source: secretsManagerSource({ client }),
  });

  await expect(reader.get()).rejects.toMatchObject({ code: 'SecretUnreadable' });

  expect(timeouts.askedMs).toEqual([10_000]);
  expect(received).toHaveLength(1);
});

it('uses the client that it is given', async () => {
  const send = jest.fn(async () => ({ SecretString: 'text' }));
  const client = Object.assign(Object.create(SecretsManagerClient.prototype), { send });

  expect(await secretsManagerSource({ client }).read('sfmc/acme')).toBe('text');
  expect(send).toHaveBeenCalledTimes(1);
});

it("passes on nothing of what AWS says but the error's name", async () => {
  const { url } = await startScriptedServer((response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end('{"__type":"InvalidSignatureException","message":"x-amz-security-token: marked"}');
  });
  const { secretsManager: client } = connectClients(url);
  const reader = createTokenReader({
    connection: 'acme',
    source: secretsManagerSource({ client }),
  });

  const error = await reader.get().catch((thrown: unknown) => thrown);

  expect(String(error)).toContain('InvalidSignatureException');
  expect(JSON.stringify(error) + String(error)).not.toContain('marked');
});

it('names what takes back a secret that is scheduled for deletion', async () => {
  const { aws, stored, reader } = await prepareReader();
  stored.put(tokenSet('one', Date.now()));
  aws.secretsManager.deleteSecret({ SecretId: 'sfmc/acme' });

  await expect(reader.get()).rejects.toMatchObject({
    code: 'SecretUnreadable',
    message: expect.stringMatching(
      /scheduled for deletion\. Take it back.*aws secretsmanager restore-secret --secret-id sfmc\/acme$/,
    ),
  });
});

describe('a replica Region', () => {
  /** The Regions that were asked, with the first answering as the test says. */
  async function prepareReplica(first: Script) {
    const primary = await startScriptedServer(first);
    const replica = await startScriptedServer((response) =>
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ SecretString: JSON.stringify(tokenSet('two', Date.now())) })),
    );
    setEnvironment({ ...rotatorEnvironment(replica.url), AWS_REGION: 'us-east-1' });
    const { secretsManager: client } = connectClients(primary.url);
    const source = secretsManagerSource({ client, replicaRegion: 'eu-west-1' });
    return { primary, replica, reader: createTokenReader({ connection: 'acme', source }) };
  }

  const failing =
    (status: number, type: string): Script =>
    (response) =>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: type, message: 'marked' }));

  it.each([
    ['an outage', failing(503, 'ServiceUnavailable')],
    ['no answer', ((response) => response.destroy()) satisfies Script],
    ['throttling', failing(400, 'ThrottlingException')],
  ])('is asked after %s', async (_, first) => {
    const { replica, reader } = await prepareReplica(first);

    expect((await reader.get()).accessToken).toBe('access-two');
    expect(replica.received).toHaveLength(1);
    expect(replica.received[0]?.headers.authorization).toContain('/eu-west-1/secretsmanager/');
  });

  it.each([
    ['denied access', failing(400, 'AccessDeniedException'), 'AccessDeniedException'],
    ['no such secret', failing(400, 'ResourceNotFoundException'), 'ResourceNotFoundException'],
  ])('is not asked after %s', async (_, first, problem) => {
    const { replica, reader } = await prepareReplica(first);

    await expect(reader.get()).rejects.toThrow(problem);
    expect(replica.received).toEqual([]);
  });

  it('that fails too leaves the error of the first', async () => {
    const { primary, replica, reader } = await prepareReplica(failing(503, 'ServiceUnavailable'));
    setEnvironment(rotatorEnvironment(await closedPort()));

    await expect(reader.get()).rejects.toThrow('ServiceUnavailable');
    expect(primary.received.length).toBeGreaterThan(0);
    expect(replica.received).toEqual([]);
  });

  it.each(['', 'EU', 7, 'eu-west-1\n'])('named %j is refused', (replicaRegion) => {
    expect(() => secretsManagerSource({ replicaRegion } as never)).toThrow(
      'secretsManagerSource: replicaRegion must be a Region, such as "eu-west-1"',
    );
  });
});
