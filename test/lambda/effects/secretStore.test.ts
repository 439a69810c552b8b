import type { ServerResponse } from 'node:http';
import { connectSecretStore, type SecretStore } from '../../../lambda/effects/secretStore';
import { StoreFailure } from '../../../lambda/effects/storeFailure';
import { startAwsLocal } from '../../../local/aws/server';
import { closeAfterTest } from '../../support/closing';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { startScriptedServer } from '../../support/scriptedServer';
import { SimulatedClock, secondMs, startMs } from '../../support/simulatedClock';
import { StoredConnection } from '../../support/storedConnection';
import { shortenTimeouts } from '../../support/timeouts';

const secretId = 'sfmc/acme';
const versionId = (n: number) => `version-${String(n).padStart(28, '0')}`;

async function prepare() {
  const clock = new SimulatedClock();
  const aws = await startAwsLocal({ now: clock.now });
  closeAfterTest(() => aws.close());
  const store = connectSecretStore(rotatorEnvironment(aws.url));
  return { clock, aws, store, stored: new StoredConnection(aws) };
}

async function prepareScripted(script: (response: ServerResponse) => void) {
  const { url, received } = await startScriptedServer(script);
  const store = connectSecretStore(rotatorEnvironment(url));
  return { store, sent: () => received.map(({ body }) => JSON.parse(body)) };
}

describe('reading the secret', () => {
  it('gives the version that is AWSCURRENT, its labels and its time', async () => {
    const { clock, store, stored } = await prepare();
    stored.put('first');
    clock.advance(secondMs);
    const current = stored.put('second');

    const secret = await store.readCurrent(secretId);

    expect(secret).toEqual({
      versionId: current,
      stages: ['AWSCURRENT'],
      createdAtMs: startMs + secondMs,
      text: 'second',
    });
  });

  it.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-16, as PowerShell writes a file', (text: string) => Buffer.from(text, 'utf16le')],
  ])('gives the text of a value that was stored as bytes in %s', async (_, encode) => {
    const { aws, store } = await prepare();
    aws.secretsManager.createSecret({
      Name: secretId,
      ClientRequestToken: versionId(1),
      SecretBinary: encode('\uFEFF{"refreshToken":"ä"}').toString('base64'),
    });

    expect(await store.readCurrent(secretId)).toMatchObject({
      text: '\uFEFF{"refreshToken":"ä"}',
    });
  });

  it('names AWSCURRENT in the request', async () => {
    const { store, sent } = await prepareScripted((response) => response.end('{}'));

    await store.readCurrent(secretId);

    expect(sent()).toEqual([{ SecretId: secretId, VersionStage: 'AWSCURRENT' }]);
  });

  it('distinguishes a secret without a value from one that does not exist', async () => {
    const { aws, store } = await prepare();
    aws.secretsManager.createSecret({ Name: secretId, ClientRequestToken: versionId(1) });

    expect(await store.readCurrent(secretId)).toBeUndefined();
    await expect(store.readCurrent('sfmc/other')).rejects.toMatchObject({
      kind: 'missing',
      message:
        'Secrets Manager: GetSecretValue of sfmc/other failed with ResourceNotFoundException',
    });
  });

  it('gives any other version by its id, one without a label too', async () => {
    const { store, stored } = await prepare();
    const first = stored.put('first');
    stored.put('second');
    stored.put('third');

    const secret = await store.readVersion(secretId, first);

    expect(secret).toMatchObject({ versionId: first, stages: [], text: 'first' });
  });

  it('fails as missing for a version that does not exist', async () => {
    const { store, stored } = await prepare();
    stored.put('first');

    const reading = store.readVersion(secretId, versionId(9));

    await expect(reading).rejects.toMatchObject({ name: 'StoreFailure', kind: 'missing' });
  });

  it('says of a secret that is marked for deletion what it is', async () => {
    const { store } = await prepareScripted((response) =>
      response.writeHead(400).end(
        JSON.stringify({
          __type: 'InvalidRequestException',
          message:
            "You can't perform this operation on the secret because it was marked for deletion.",
        }),
      ),
    );

    await expect(store.readCurrent(secretId)).rejects.toMatchObject({ kind: 'deleted' });
  });

  it('takes an ARN for the name', async () => {
    const { aws, store, stored } = await prepare();
    stored.put('first');

    const secret = await store.readCurrent(aws.secretsManager.arnOf(secretId) ?? '');

    expect(secret?.text).toBe('first');
  });
});

describe('listing versions', () => {
  it('gives all that are kept, those without a label too', async () => {
    const { store, stored } = await prepare();
    const [first, second, third] = [stored.put('1'), stored.put('2'), stored.put('3')];

    const versions = await store.listVersions(secretId);

    expect(versions).toEqual([
      { versionId: first, stages: [], createdAtMs: startMs },
      { versionId: second, stages: ['AWSPREVIOUS'], createdAtMs: startMs },
      { versionId: third, stages: ['AWSCURRENT'], createdAtMs: startMs },
    ]);
  });

  it('goes on to the next page until there is none', async () => {
    const pages = [
      { Versions: [{ VersionId: 'a', VersionStages: ['x'], CreatedDate: 1 }], NextToken: 'next' },
      { Versions: [{ VersionId: 'b' }] },
    ];
    const { store, sent } = await prepareScripted((response) =>
      response.end(JSON.stringify(pages.shift())),
    );

    const versions = await store.listVersions(secretId);

    expect(versions).toEqual([
      { versionId: 'a', stages: ['x'], createdAtMs: 1_000 },
      { versionId: 'b', stages: [], createdAtMs: 0 },
    ]);
    expect(sent()).toEqual([
      { SecretId: secretId, IncludeDeprecated: true, MaxResults: 100 },
      { SecretId: secretId, IncludeDeprecated: true, MaxResults: 100, NextToken: 'next' },
    ]);
  });

  it('ends after five pages, should there always be another', async () => {
    const { store, sent } = await prepareScripted((response) =>
      response.end(JSON.stringify({ Versions: [{ VersionId: 'a' }], NextToken: 'again' })),
    );

    const versions = await store.listVersions(secretId);

    expect(versions).toHaveLength(5);
    expect(sent()).toHaveLength(5);
  });
});

describe('writing', () => {
  it('makes a new version AWSCURRENT and the one before AWSPREVIOUS', async () => {
    const { store, stored } = await prepare();
    const first = stored.put('first');

    await store.put(secretId, versionId(2), 'second');

    expect(stored.stages()).toEqual({ [first]: ['AWSPREVIOUS'], [versionId(2)]: ['AWSCURRENT'] });
  });

  it('gives a new version just the labels that are asked for', async () => {
    const { store, stored } = await prepare();
    const first = stored.put('first');

    await store.put(secretId, versionId(2), 'second', ['AWSPENDING']);

    expect(stored.stages()).toEqual({ [first]: ['AWSCURRENT'], [versionId(2)]: ['AWSPENDING'] });
  });

  it('moves several labels to a new version at once, and gives them back with its value', async () => {
    const { store, stored } = await prepare();
    const first = stored.put('first');
    await store.put(secretId, versionId(2), 'second', ['AWSCURRENT', 'SFMC_OPEN']);

    await store.put(secretId, versionId(3), 'third', ['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SENT']);

    expect(stored.stages()).toEqual({
      [versionId(2)]: ['AWSPREVIOUS'],
      [versionId(3)]: expect.arrayContaining(['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SENT']),
    });
    expect((await store.readCurrent(secretId))?.stages).toContain('SFMC_SENT');
    expect((await store.readVersion(secretId, first)).text).toBe('first');
  });

  it('makes one version of a write that is repeated after a lost answer', async () => {
    const { aws, store, stored } = await prepare();
    stored.put('first');
    aws.orderFault({ operation: 'PutSecretValue', kind: 'dropAfter' });

    const lost = store.put(secretId, versionId(2), 'second');
    await expect(lost).rejects.toMatchObject({ kind: 'transient' });
    await store.put(secretId, versionId(2), 'second');

    expect(stored.versionCount()).toBe(2);
    expect(stored.versionOf('AWSCURRENT')).toBe(versionId(2));
  });

  it('fails for good when the version exists with another value, and says no value', async () => {
    const { store, stored } = await prepare();
    stored.put('first');
    await store.put(secretId, versionId(2), 'second');

    const failure = await store.put(secretId, versionId(2), 'third').catch((thrown) => thrown);

    expect(failure).toMatchObject({
      kind: 'notRetryable',
      message: 'Secrets Manager: PutSecretValue of sfmc/acme failed with ResourceExistsException',
    });
  });

  it('moves a label from one version to another', async () => {
    const { store, stored } = await prepare();
    const [first, second] = [stored.put('first'), stored.put('second')];

    await store.moveStage(secretId, 'AWSCURRENT', second, first);

    expect(stored.stages()).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPREVIOUS'] });
  });

  it('puts a label of our own, whether there was none or it was elsewhere', async () => {
    const { store, stored } = await prepare();
    const [first, second] = [stored.put('first'), stored.put('second')];

    await store.moveStage(secretId, 'SFMC_SENT', undefined, first);
    expect(stored.versionOf('SFMC_SENT')).toBe(first);

    await store.moveStage(secretId, 'SFMC_SENT', first, second);
    expect(stored.versionOf('SFMC_SENT')).toBe(second);
  });

  it('takes a label away', async () => {
    const { store, stored } = await prepare();
    stored.put('first');
    const pending = stored.put('second', ['AWSPENDING']);

    await store.moveStage(secretId, 'AWSPENDING', pending);

    expect(stored.versionOf('AWSPENDING')).toBeUndefined();
  });

  it('fails for good when the label is on another version than was thought', async () => {
    const { store, stored } = await prepare();
    const [first, second] = [stored.put('first'), stored.put('second')];

    const moving = store.moveStage(secretId, 'AWSCURRENT', first, second);

    await expect(moving).rejects.toMatchObject({ kind: 'notRetryable' });
    expect(stored.versionOf('AWSCURRENT')).toBe(second);
  });
});

describe('each call', () => {
  const calls = {
    readCurrent: ['GetSecretValue', (store) => store.readCurrent(secretId)],
    readVersion: ['GetSecretValue', (store) => store.readVersion(secretId, versionId(1))],
    listVersions: ['ListSecretVersionIds', (store) => store.listVersions(secretId)],
    put: ['PutSecretValue', (store) => store.put(secretId, versionId(2), 'canary')],
    moveStage: [
      'UpdateSecretVersionStage',
      (store) => store.moveStage(secretId, 'X', 'Y'.repeat(32)),
    ],
  } satisfies Record<string, [string, (store: SecretStore) => Promise<unknown>]>;
  const table = Object.entries(calls).map(([name, [operation, call]]) => ({
    name,
    operation,
    call,
  }));

  it.each(table)('$name says which operation failed on which secret, and why', async (each) => {
    const { aws, store } = await prepare();
    aws.orderFault({ kind: 'deny' });

    const failure: unknown = await each.call(store).catch((thrown) => thrown);

    expect(failure).toBeInstanceOf(StoreFailure);
    expect((failure as StoreFailure).message).toMatch(
      `Secrets Manager: ${each.operation} of sfmc/acme failed with AccessDeniedException: User: `,
    );
  });

  it.each(table)('$name is tried once', async ({ call }) => {
    const { aws, store } = await prepare();
    aws.orderFault({ kind: 'throttle' });

    await expect(call(store)).rejects.toMatchObject({ kind: 'transient' });

    expect(aws.calls).toHaveLength(1);
  });

  it.each(table)('$name is cut off after two seconds', async ({ call }) => {
    const askedMs = shortenTimeouts();
    const { aws, store } = await prepare();
    aws.orderFault({ kind: 'hang' });

    await expect(call(store)).rejects.toMatchObject({ kind: 'transient' });

    expect(askedMs).toEqual([2_000]);
  });
});
