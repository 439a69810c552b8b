import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { build } from 'esbuild';
import { createEventBus, type EventBus } from '../../lambda/effects/eventBus';
import { createFollowUpQueue, type FollowUpQueue } from '../../lambda/effects/followUpQueue';
import { connectParameterStore, type ParameterStore } from '../../lambda/effects/parameterStore';
import { createSecretStore, type SecretStore } from '../../lambda/effects/secretStore';
import type { StoreFailure } from '../../lambda/effects/storeFailure';
import { type AwsLocal, startAwsLocal } from '../../local/aws/server';
import { leanAwsSdk } from '../../scripts/leanAwsSdk';
import { closeAfterTest } from '../support/closing';
import { setEnvironment } from '../support/environment';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { startScriptedServer } from '../support/scriptedServer';
import { serviceSignedFor } from '../support/signatureV4';

/** All of AWS that the function knows. */
interface Services {
  readonly secrets: SecretStore;
  readonly parameters: ParameterStore;
  queue(url: string): FollowUpQueue;
  bus(name: string): EventBus;
}

/** The function's AWS on the SDK as it is installed. */
const installed = (): Services => ({
  secrets: createSecretStore(new SecretsManagerClient({ maxAttempts: 1 })),
  parameters: connectParameterStore(),
  queue: createFollowUpQueue,
  bus: createEventBus,
});

const bundleEntry = `
  import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
  import { createEventBus as bus } from './lambda/effects/eventBus';
  import { createFollowUpQueue as queue } from './lambda/effects/followUpQueue';
  import { connectParameterStore } from './lambda/effects/parameterStore';
  import { createSecretStore } from './lambda/effects/secretStore';
  export const lean = () => ({
    secrets: createSecretStore(new SecretsManagerClient({ maxAttempts: 1 })),
    parameters: connectParameterStore(),
    queue,
    bus,
  });`;

/** Builds the same on the SDK as it is bundled, and returns how to connect. */
async function buildLean(folder: string): Promise<() => Services> {
  const outfile = path.join(folder, 'aws.cjs');
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
function outcomeOf(call: Promise<unknown>): Promise<object> {
  return call.then(
    (value) => ({ value }),
    ({ name, message, kind }: StoreFailure) => ({ name, message, kind }),
  );
}

const versionId = 'a-version-of-at-least-32-characters';

const overwrite = true;

const storeCalls: Record<string, (services: Services) => Promise<unknown>> = {
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
  'writing a parameter': ({ parameters }) =>
    parameters.writeSecure('/sfmc/acme/escrow', 'text', { overwrite }),
  'creating a parameter that is there': ({ parameters }) =>
    parameters.writeSecure('/sfmc/acme/escrow', 'text', { overwrite: false }),
  'writing a parameter of a wrong name': ({ parameters }) =>
    parameters.writeSecure('a b', 'text', { overwrite }),
  'deleting a parameter': ({ parameters }) => parameters.remove('/sfmc/acme/config'),
  'deleting a parameter that is missing': ({ parameters }) => parameters.remove('/none'),
};

const followUp = { connection: 'acme', force: true };
const event = { connection: 'acme', outcome: 'recovered' } as const;
/** The SDK sends to the host that a queue's URL names. */
const queueUrl = (name: string) => `${process.env.AWS_ENDPOINT_URL}/000000000000/${name}.fifo`;

const toMissingQueue = 'sending a message to a queue that is missing';
/** SQS tells its errors by their names in the former Query protocol too, which a class translates. */
const formerName = 'AWS.SimpleQueueService.NonExistentQueue';

const otherCalls: typeof storeCalls = {
  'sending a message': ({ queue }) => queue(queueUrl('ours')).send(followUp),
  [toMissingQueue]: ({ queue }) => queue(queueUrl('none')).send(followUp),
  'putting an event': ({ bus }) => bus('default').put(event),
  'putting an event on a bus that is missing': ({ bus }) => bus('none').put(event),
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
  aws.sqs.createQueue({ QueueName: 'ours.fifo', Attributes: { FifoQueue: 'true' } });
  return aws;
}

/** What the calls come to at a server of their own. */
async function outcomesOf(connect: () => Services, fault?: (typeof faults)[number]) {
  const aws = await prepare();
  setEnvironment(rotatorEnvironment(aws.url));
  const services = connect();
  const outcomes: Record<string, object> = {};
  for (const [name, call] of Object.entries({ ...storeCalls, ...otherCalls })) {
    // As often as the call may be tried: what is left of it strikes no other call.
    const cancel = fault ? aws.orderFault({ kind: fault, calls: 'untilCancelled' }) : undefined;
    outcomes[name] = await outcomeOf(call(services));
    cancel?.();
  }
  return outcomes;
}

describe('the SDK as it is bundled', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sfmc-token-rotator-test-'));
  let lean: () => Services;
  beforeAll(async () => {
    lean = await buildLean(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same answers and errors as it does as it is installed', async () => {
    const expected = await outcomesOf(installed);

    const outcomes = await outcomesOf(lean);

    expect(outcomes).toEqual({
      ...expected,
      [toMissingQueue]: { ...expected[toMissingQueue], name: formerName },
    });
    expect(expected).toMatchObject({
      'reading AWSCURRENT': { value: { text: '1' } },
      'reading a secret that is missing': { kind: 'missing' },
      'writing another value to a version': {
        message: expect.stringContaining('ResourceExistsException'),
      },
      'creating a parameter that is there': { kind: 'exists' },
      'deleting a parameter that is missing': { value: undefined },
      'sending a message': { value: undefined },
      [toMissingQueue]: { name: 'QueueDoesNotExist' },
      'putting an event': { value: undefined },
    });
  });

  it.each(faults)('says the same of the fault "%s"', async (fault) => {
    const expected = await outcomesOf(installed, fault);

    const outcomes = await outcomesOf(lean, fault);

    expect(outcomes).toEqual(expected);
    for (const name of Object.keys(storeCalls)) {
      expect(outcomes[name]).toMatchObject({ name: 'StoreFailure' });
    }
    for (const name of Object.keys(otherCalls)) {
      expect(outcomes[name]).toMatchObject({ name: expect.any(String) });
    }
  });

  it('signs its requests as AWS checks them, and under the version of each client', async () => {
    const { url, received } = await startScriptedServer();
    const environment = rotatorEnvironment(url);
    setEnvironment(environment);
    const { secrets, parameters, queue, bus } = lean();

    // The server's empty answers are no matter here.
    await Promise.allSettled([secrets.readCurrent('sfmc/acme')]);
    await Promise.allSettled([parameters.read(['/sfmc/acme/config'])]);
    await Promise.allSettled([queue(queueUrl('ours')).send(followUp)]);
    await Promise.allSettled([bus('default').put(event)]);

    const secretKey = environment.AWS_SECRET_ACCESS_KEY;
    expect(received.map((request) => serviceSignedFor(request, secretKey))).toEqual([
      'secretsmanager',
      'ssm',
      'sqs',
      'events',
    ]);
    const versions = ['secrets-manager', 'ssm', 'sqs', 'eventbridge'].map(
      (client) => `${client}#${require(`@aws-sdk/client-${client}/package.json`).version}`,
    );
    expect(
      received.map(({ headers }) => / api\/(\S+)/.exec(headers['user-agent'] ?? '')?.[1]),
    ).toEqual(versions);
  });
});
