import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { build } from 'esbuild';
import { connectParameterStore, type ParameterStore } from '../../lambda/effects/parameterStore';
import { createSecretStore, type SecretStore } from '../../lambda/effects/secretStore';
import type { StoreFailure } from '../../lambda/effects/storeFailure';
import { type AwsLocal, startAwsLocal } from '../../local/aws/server';
import { leanAwsSdk } from '../../scripts/leanAwsSdk';
import { closeAfterTest } from '../support/closing';
import { setEnvironment } from '../support/environment';
import { rotatorEnvironment } from '../support/rotatorEnvironment';

interface Stores {
  readonly secrets: SecretStore;
  readonly parameters: ParameterStore;
}

/** The function's stores on the SDK as it is installed. */
const installed = (): Stores => ({
  secrets: createSecretStore(new SecretsManagerClient({ maxAttempts: 1 })),
  parameters: connectParameterStore(),
});

const bundleEntry = `
  import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
  import { connectParameterStore } from './lambda/effects/parameterStore';
  import { createSecretStore } from './lambda/effects/secretStore';
  export const lean = () => ({
    secrets: createSecretStore(new SecretsManagerClient({ maxAttempts: 1 })),
    parameters: connectParameterStore(),
  });`;

/** Builds the same on the SDK as it is bundled, and returns how to connect. */
async function buildLean(folder: string): Promise<() => Stores> {
  const outfile = path.join(folder, 'stores.cjs');
  await build({
    stdin: { contents: bundleEntry, resolveDir: path.join(__dirname, '..', '..') },
    outfile,
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    plugins: [leanAwsSdk],
    // Jest runs no import() in CommonJS.
    supported: { 'dynamic-import': false },
  });
  return require(outfile).lean;
}

/** What a call came to: its value, or all that its failure says. */
function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => ({ value }),
    ({ name, message, kind }: StoreFailure) => ({ name, message, kind }),
  );
}

const versionId = 'a-version-of-at-least-32-characters';

const calls: Record<string, (stores: Stores) => Promise<unknown>> = {
  'reading AWSCURRENT': ({ secrets }) => secrets.readCurrent('sfmc/acme'),
  'reading a secret that is missing': ({ secrets }) => secrets.readCurrent('sfmc/missing'),
  'reading a secret without a value': ({ secrets }) => secrets.readCurrent('sfmc/empty'),
  'reading a version that is missing': ({ secrets }) => secrets.readVersion('sfmc/acme', versionId),
  'listing versions': ({ secrets }) => secrets.listVersions('sfmc/acme'),
  'writing a version': ({ secrets }) => secrets.put('sfmc/acme', versionId, '{"a":1}'),
  'writing another value to a version': ({ secrets }) =>
    secrets.put('sfmc/acme', `${versionId}-0`, '2'),
  'writing a version with a short id': ({ secrets }) => secrets.put('sfmc/acme', 'short', '{}'),
  'taking a label away': ({ secrets }) => secrets.moveStage('sfmc/acme', 'X', `${versionId}-0`),
  'reading parameters': ({ parameters }) => parameters.read(['/sfmc/acme/config', '/none']),
  'writing a parameter': ({ parameters }) => parameters.writeSecure('/sfmc/acme/escrow', 'text'),
  'writing a parameter of a wrong name': ({ parameters }) => parameters.writeSecure('a b', 'text'),
  'deleting a parameter': ({ parameters }) => parameters.remove('/sfmc/acme/config'),
  'deleting a parameter that is missing': ({ parameters }) => parameters.remove('/none'),
};

const faults = ['deny', 'throttle', 'internal', 'unavailable', 'limitExceeded'] as const;

async function prepare(): Promise<AwsLocal> {
  const aws = await startAwsLocal({ now: () => 1_800_000_000_000 });
  closeAfterTest(() => aws.close());
  aws.secretsManager.createSecret({
    Name: 'sfmc/acme',
    ClientRequestToken: `${versionId}-0`,
    SecretString: '1',
  });
  aws.secretsManager.createSecret({ Name: 'sfmc/empty', ClientRequestToken: versionId });
  aws.parameterStore.putParameter({ Name: '/sfmc/acme/config', Value: '{}', Type: 'String' });
  return aws;
}

/** What the calls come to at a server of their own. */
async function outcomesOf(connect: () => Stores, fault?: (typeof faults)[number]) {
  const aws = await prepare();
  setEnvironment(rotatorEnvironment(aws.url));
  const stores = connect();
  const outcomes: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(calls)) {
    if (fault) aws.orderFault({ kind: fault });
    outcomes[name] = await outcomeOf(call(stores));
  }
  return outcomes;
}

describe('the SDK as it is bundled', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sfmc-token-rotator-test-'));
  let lean: () => Stores;
  beforeAll(async () => {
    lean = await buildLean(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same answers and errors as it does as it is installed', async () => {
    const expected = await outcomesOf(installed);

    const outcomes = await outcomesOf(lean);

    expect(outcomes).toEqual(expected);
    expect(outcomes).toMatchObject({
      'reading AWSCURRENT': { value: { text: '1' } },
      'reading a secret that is missing': { kind: 'missing' },
      'writing another value to a version': {
        message: expect.stringContaining('ResourceExistsException'),
      },
      'deleting a parameter that is missing': { value: undefined },
    });
  });

  it.each(faults)('says the same of the fault "%s"', async (fault) => {
    const expected = await outcomesOf(installed, fault);

    const outcomes = await outcomesOf(lean, fault);

    expect(outcomes).toEqual(expected);
    for (const outcome of Object.values(outcomes)) {
      expect(outcome).toMatchObject({ name: 'StoreFailure' });
    }
  });
});
