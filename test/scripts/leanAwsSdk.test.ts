import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { build } from 'esbuild';
import { createDispatchQueue, type DispatchQueue } from '../../lambda/effects/dispatchQueue';
import { createRegistry, type Registry } from '../../lambda/effects/registry';
import { type AwsLocal, startAwsLocal } from '../../local/aws/server';
import { leanAwsSdk } from '../../scripts/leanAwsSdk';
import { awsOutcomesOf, type RefusingFault, refusingFaults } from '../support/awsOutcomes';
import { closeAfterTest } from '../support/closing';
import { setEnvironment } from '../support/environment';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { startScriptedServer } from '../support/scriptedServer';
import { serviceSignedFor } from '../support/signatureV4';

/** All of AWS that the dispatcher knows. */
interface Services {
  registry(prefix: string): Registry;
  queue(url: string): DispatchQueue;
}

/** The dispatcher's AWS on the SDK as it is installed. */
const installed = (): Services => ({
  registry: (prefix) => createRegistry(new SSMClient({ maxAttempts: 1 }), prefix),
  queue: (url) => createDispatchQueue(new SQSClient({ maxAttempts: 1 }), url),
});

const bundleEntry = `
  import { SQSClient } from '@aws-sdk/client-sqs';
  import { SSMClient } from '@aws-sdk/client-ssm';
  import { createDispatchQueue } from './lambda/effects/dispatchQueue';
  import { createRegistry } from './lambda/effects/registry';
  export const lean = () => ({
    registry: (prefix) => createRegistry(new SSMClient({ maxAttempts: 1 }), prefix),
    queue: (url) => createDispatchQueue(new SQSClient({ maxAttempts: 1 }), url),
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

async function pagesOf(registry: Registry): Promise<(readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  for await (const page of registry.pages()) pages.push(page);
  return pages;
}

const messages = ['acme', 'globex'].map((connection) => ({
  connection,
  deduplicationId: `${connection}-at-8`,
}));
/** The SDK sends to the host that a queue's URL names. */
const queueUrl = (name: string) => `${process.env.AWS_ENDPOINT_URL}/000000000000/${name}.fifo`;

const toMissingQueue = 'sending messages to a queue that is missing';
/** SQS names its errors in the former Query protocol too, which a class translates. */
const formerName = 'AWS.SimpleQueueService.NonExistentQueue';

const calls: Record<string, (services: Services) => Promise<unknown>> = {
  'reading the connections': ({ registry }) => pagesOf(registry('/sfmc/')),
  'reading under a malformed prefix': ({ registry }) => pagesOf(registry('a b')),
  'sending messages': ({ queue }) => queue(queueUrl('ours')).send(messages),
  'sending a message of a malformed group': ({ queue }) =>
    queue(queueUrl('ours')).send([{ connection: 'no group', deduplicationId: 'x' }]),
  [toMissingQueue]: ({ queue }) => queue(queueUrl('none')).send(messages),
};

async function prepare(): Promise<AwsLocal> {
  const aws = await startAwsLocal({ now: () => 1_800_000_000_000 });
  closeAfterTest(() => aws.close());
  for (let nth = 0; nth < 12; nth += 1) {
    const Name = `/sfmc/connection-${nth}/config`;
    aws.parameterStore.putParameter({ Name, Value: '{}', Type: 'String' });
  }
  aws.sqs.createQueue({ QueueName: 'ours.fifo', Attributes: { FifoQueue: 'true' } });
  return aws;
}

const outcomesOf = (connect: () => Services, fault?: RefusingFault) =>
  awsOutcomesOf(prepare, connect, calls, fault);

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
      'reading the connections': {
        value: [
          expect.arrayContaining([expect.stringMatching(/^connection-\d+$/)]),
          expect.any(Array),
        ],
      },
      'sending messages': { value: [] },
      'sending a message of a malformed group': { value: [{ connection: 'no group' }] },
      [toMissingQueue]: { name: 'QueueDoesNotExist' },
    });
  });

  it.each(refusingFaults)(
    'says the same of the fault "%s", after as many attempts',
    async (fault) => {
      const expected = await outcomesOf(installed, fault);

      const outcomes = await outcomesOf(lean, fault);

      expect(outcomes).toEqual(expected);
      for (const name of Object.keys(calls)) {
        expect(outcomes[name]).toMatchObject({ name: expect.any(String) });
      }
    },
  );

  it('signs its requests as AWS checks them, and under the version of each client', async () => {
    const { url, received } = await startScriptedServer();
    const environment = rotatorEnvironment(url);
    setEnvironment(environment);
    const { registry, queue } = lean();

    // The server's empty answers are no matter here.
    await Promise.allSettled([pagesOf(registry('/sfmc/'))]);
    await Promise.allSettled([queue(queueUrl('ours')).send(messages)]);

    const secretKey = environment.AWS_SECRET_ACCESS_KEY;
    expect(received.map((request) => serviceSignedFor(request, secretKey))).toEqual(['ssm', 'sqs']);
    const versions = ['ssm', 'sqs'].map(
      (client) => `${client}#${require(`@aws-sdk/client-${client}/package.json`).version}`,
    );
    expect(
      received.map(({ headers }) => / api\/(\S+)/.exec(headers['user-agent'] ?? '')?.[1]),
    ).toEqual(versions);
  });
});
