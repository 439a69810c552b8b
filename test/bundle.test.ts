import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { AwsLocal } from '../local/aws/server';
import { type ProviderSimulator, startProviderSimulator } from '../local/provider/server';
import { startAwsUnderRole } from './support/awsUnderRole';
import { closeAfterTest } from './support/closing';
import { rotatorEnvironment } from './support/rotatorEnvironment';
import { sqsEvent } from './support/sqsEvent';
import { StoredConnection } from './support/storedConnection';
import { temporaryFolder } from './support/temporaryFolder';

const folder = path.join(__dirname, '..', 'dist', 'rotator');

/** Loads the module and gives it one event after the other, as Lambda's runtime does. */
const runtime = `
  const [url, events] = process.argv.slice(1);
  const { handler } = await import(url);
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 40000 };
  for (const event of JSON.parse(events)) {
    process.send(await handler(event, context).catch(({ name, message }) => ({ name, message })));
  }
  process.disconnect();
`;

async function invoke(events: object[], environment: Record<string, string>) {
  const bundle = pathToFileURL(path.join(folder, 'index.mjs')).href;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', runtime, bundle, JSON.stringify(events)],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const answers: unknown[] = [];
  child.on('message', (answer) => answers.push(answer));
  const closed = once(child, 'close');
  const outputs = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
  const [stdout = '', stderr = ''] = await Promise.all(outputs);
  const [exitCode] = await closed;
  return { answers, stdout, stderr, exitCode };
}

async function prepare() {
  const [aws, provider] = await Promise.all([startAwsUnderRole(), startProviderSimulator()]);
  closeAfterTest(() => aws.close());
  closeAfterTest(() => provider.close());
  const stored = new StoredConnection(aws);
  stored.put({ refreshToken: provider.refreshToken });
  stored.configure({ authBaseUrl: provider.url, clientId: provider.clientId });
  stored.putParameter('client-secret', provider.clientSecret);
  const environment = { ...rotatorEnvironment(aws.url), TMPDIR: temporaryFolder() };
  return { aws, provider, stored, environment };
}

const operationsOf = ({ calls }: AwsLocal) => calls.map(({ operation }) => operation);

/** Whether the stored tokens are the provider's living ones. */
function isWhole({ model }: ProviderSimulator, stored: StoredConnection): boolean {
  const { accessToken = '', refreshToken = '' } = stored.current();
  const isUnused = model.refreshTokenState(refreshToken).state === 'unused';
  return isUnused && model.isAccessTokenValid(accessToken, Date.now());
}

describe('the built function', () => {
  beforeAll(() => {
    if (!existsSync(folder)) throw new Error('dist/rotator is missing: run `npm run build` first');
  });

  it('is one module and its source map', () => {
    expect(readdirSync(folder).sort()).toEqual(['index.mjs', 'index.mjs.map']);
  });

  it('rotates by the first message of its queue in four calls, then finds the token fresh', async () => {
    const { aws, provider, stored, environment } = await prepare();
    const events = [sqsEvent('acme'), { connection: 'acme' }];

    const { answers, stderr, exitCode } = await invoke(events, environment);

    const fresh = {
      connection: 'acme',
      outcome: 'fresh',
      expiresAt: stored.current().expiresAt,
      versionId: stored.versionOf('AWSCURRENT'),
    };
    expect({ answers, stderr, exitCode }).toEqual({
      answers: [{ batchItemFailures: [] }, fresh],
      stderr: '',
      exitCode: 0,
    });
    expect(operationsOf(aws)).toEqual([
      ...['GetSecretValue', 'GetParameters', 'PutSecretValue'],
      'GetSecretValue',
    ]);
    expect(provider.requests).toHaveLength(1);
    expect(Object.values(stored.stages())).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
    expect(isWhole(provider, stored)).toBe(true);
  });

  it('marks the refresh token before a person has it used, and confirms what it brought', async () => {
    const { aws, provider, stored, environment } = await prepare();

    const { answers, stderr } = await invoke([{ connection: 'acme' }], environment);

    const result = {
      connection: 'acme',
      outcome: 'rotated',
      expiresAt: stored.current().expiresAt,
      versionId: stored.versionOf('AWSCURRENT'),
    };
    expect({ answers, stderr }).toEqual({ answers: [result], stderr: '' });
    // The mark is looked for, put and looked at, for both uses.
    const marked = ['ListSecretVersionIds', 'UpdateSecretVersionStage', 'GetSecretValue'];
    expect(operationsOf(aws)).toEqual([
      ...['GetSecretValue', 'GetParameters'],
      ...[...marked, 'PutSecretValue'],
      ...[...marked, 'PutSecretValue'],
    ]);
    expect(provider.requests).toHaveLength(2);
    expect(isWhole(provider, stored)).toBe(true);
  });

  it('writes JSON lines that hold no token and no client secret', async () => {
    const { provider, stored, environment } = await prepare();
    const events = [
      ...[sqsEvent('acme'), sqsEvent('absent')],
      ...[{ connection: 'absent' }, { connection: 'No Name' }],
    ];

    const { answers, stdout, stderr } = await invoke(events, environment);

    expect(answers).toMatchObject([
      { batchItemFailures: [] },
      { batchItemFailures: [{ itemIdentifier: expect.any(String) }] },
      { name: 'InvalidConfig', message: expect.stringContaining('"absent"') },
      { name: 'InvalidEvent' },
    ]);
    const said = `${stdout}${stderr}`;
    const lines = said.trim().split('\n');
    expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => 'object'));
    const { accessToken = '', legacyToken = '', refreshToken = '' } = stored.current();
    for (const secret of [accessToken, legacyToken, refreshToken, provider.refreshToken]) {
      expect(secret).not.toBe('');
      expect(said).not.toContain(secret);
    }
    expect(said).not.toContain(provider.clientSecret);
  });
});
