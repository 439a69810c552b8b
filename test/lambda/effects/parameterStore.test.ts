import { connectParameterStore, type ParameterStore } from '../../../lambda/effects/parameterStore';
import { StoreFailure } from '../../../lambda/effects/storeFailure';
import { startAwsLocal } from '../../../local/aws/server';
import { closeAfterTest } from '../../support/closing';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { startScriptedServer } from '../../support/scriptedServer';
import { shortenTimeouts } from '../../support/timeouts';

async function prepare() {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  const store = connectParameterStore(rotatorEnvironment(aws.url));
  const put = (Name: string, Value: string, Type: 'String' | 'SecureString') =>
    aws.parameterStore.putParameter({ Name, Value, Type });
  const read = (Name: string) =>
    aws.parameterStore.getParameter({ Name, WithDecryption: true }).Parameter;
  return { aws, store, put, read };
}

it('reads the decrypted values of those that exist, in one call', async () => {
  const { aws, store, put } = await prepare();
  put('/sfmc/acme/config', '{}', 'String');
  put('/sfmc/acme/client-secret', 'secret', 'SecureString');

  const values = await store.read(['/sfmc/acme/config', '/sfmc/acme/client-secret', '/sfmc/none']);

  expect(Object.fromEntries(values)).toEqual({
    '/sfmc/acme/client-secret': { value: 'secret', version: 1 },
    '/sfmc/acme/config': { value: '{}', version: 1 },
  });
  expect(aws.calls.map(({ operation }) => operation)).toEqual(['GetParameters']);
});

it('gives the version that a value has, one more with each write', async () => {
  const { store, put } = await prepare();
  put('/sfmc/acme/escrow', 'first', 'SecureString');

  const version = await store.writeSecure('/sfmc/acme/escrow', 'second', { overwrite: true });

  expect(version).toBe(2);
  expect((await store.read(['/sfmc/acme/escrow'])).get('/sfmc/acme/escrow')).toEqual({
    value: 'second',
    version: 2,
  });
});

it('creates a SecureString', async () => {
  const { store, read } = await prepare();

  const version = await store.writeSecure('/sfmc/acme/escrow', 'first', { overwrite: false });

  expect(version).toBe(1);
  expect(read('/sfmc/acme/escrow')).toMatchObject({ Type: 'SecureString', Value: 'first' });
});

it('keeps what another has created meanwhile, and says that it is there', async () => {
  const { store, put, read } = await prepare();
  put('/sfmc/acme/escrow', 'of another', 'SecureString');

  const writing = store.writeSecure('/sfmc/acme/escrow', 'canary', { overwrite: false });

  await expect(writing).rejects.toMatchObject({
    kind: 'exists',
    message:
      'Parameter Store: PutParameter of /sfmc/acme/escrow failed with ParameterAlreadyExists',
  });
  expect(read('/sfmc/acme/escrow').Value).toBe('of another');
});

it('writes under the key that is named, else under the one of the account', async () => {
  const { url, received } = await startScriptedServer((response) => response.end('{"Version":3}'));
  const store = connectParameterStore(rotatorEnvironment(url));

  await store.writeSecure('/n', 'value', { overwrite: true });
  const version = await store.writeSecure('/n', 'value', { overwrite: true, keyId: 'the-key' });

  expect(version).toBe(3);
  const [plain, keyed] = received.map(({ body }) => JSON.parse(body));
  expect(plain).toEqual({
    Name: '/n',
    Value: 'value',
    Type: 'SecureString',
    Overwrite: true,
    Tier: 'Intelligent-Tiering',
  });
  expect(keyed).toEqual({ ...plain, KeyId: 'the-key' });
});

it('stores a value that is too long for a standard parameter', async () => {
  const { store, read } = await prepare();
  const value = 'x'.repeat(5_000);

  await store.writeSecure('/sfmc/acme/escrow', value, { overwrite: false });

  expect(read('/sfmc/acme/escrow').Value).toBe(value);
});

it('removes a parameter, also one that is gone already', async () => {
  const { aws, store, put } = await prepare();
  put('/sfmc/acme/escrow', 'value', 'SecureString');

  await store.remove('/sfmc/acme/escrow');
  await store.remove('/sfmc/acme/escrow');

  const left = aws.parameterStore.getParameters({ Names: ['/sfmc/acme/escrow'] });
  expect(left.Parameters).toEqual([]);
});

it('connects by the AWS environment variables, without retries of its own', async () => {
  const { aws } = await prepare();
  aws.orderFault({ kind: 'throttle' });

  const store = connectParameterStore(rotatorEnvironment(aws.url));

  await expect(store.read(['/n'])).rejects.toMatchObject({ kind: 'transient' });
  expect(await store.read(['/n'])).toEqual(new Map());
  expect(aws.calls).toHaveLength(2);
});

it('never says a value that Parameter Store does not take', async () => {
  const { store } = await prepare();

  const failure = await store
    .writeSecure('/sfmc/acme/escrow', 'canary'.repeat(2_000), { overwrite: true })
    .catch(String);

  expect(failure).toBe(
    'StoreFailure: Parameter Store: PutParameter of /sfmc/acme/escrow failed with ValidationException',
  );
});

describe('each call', () => {
  const table = [
    ['read', 'GetParameters', (store) => store.read(['/n'])],
    [
      'writeSecure',
      'PutParameter',
      (store) => store.writeSecure('/n', 'canary', { overwrite: true }),
    ],
    ['remove', 'DeleteParameter', (store) => store.remove('/n')],
  ] satisfies [string, string, (store: ParameterStore) => Promise<unknown>][];

  it.each(table)(
    '%s says that %s failed, on which parameter, and why',
    async (_, operation, call) => {
      const { aws, store } = await prepare();
      aws.orderFault({ kind: 'denyKms' });

      const failure: unknown = await call(store).catch((thrown) => thrown);

      expect(failure).toBeInstanceOf(StoreFailure);
      expect(failure).toMatchObject({
        kind: 'denied',
        message: expect.stringMatching(
          `Parameter Store: ${operation} of /n failed with AccessDeniedException: The ciphertext`,
        ),
      });
    },
  );

  it.each(table)('%s is tried once', async (_, operation, call) => {
    const { aws, store } = await prepare();
    aws.orderFault({ kind: 'internal' });

    await expect(call(store)).rejects.toMatchObject({ kind: 'transient' });

    expect(aws.calls.map((each) => each.operation)).toEqual([operation]);
  });

  it.each(table)('%s is cut off after two seconds', async (_, _operation, call) => {
    const askedMs = shortenTimeouts();
    const { aws, store } = await prepare();
    aws.orderFault({ kind: 'hang' });

    await expect(call(store)).rejects.toMatchObject({ kind: 'transient' });

    expect(askedMs).toEqual([2_000]);
  });
});
