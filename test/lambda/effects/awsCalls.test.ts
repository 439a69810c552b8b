import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SQS } from '@aws-sdk/client-sqs';
import { SSM } from '@aws-sdk/client-ssm';
import { connectEventBus, createEventBus, type EventBus } from '../../../lambda/effects/eventBus';
import {
  connectFollowUpQueue,
  createFollowUpQueue,
  type FollowUpQueue,
} from '../../../lambda/effects/followUpQueue';
import {
  connectParameterStore,
  createParameterStore,
  type ParameterStore,
} from '../../../lambda/effects/parameterStore';
import {
  connectSecretStore,
  createSecretStore,
  type SecretStore,
} from '../../../lambda/effects/secretStore';
import { type AwsLocal, startAwsLocal } from '../../../local/aws/server';
import { awsOutcomesOf, type RefusingFault, refusingFaults } from '../../support/awsOutcomes';
import { closeAfterTest } from '../../support/closing';
import { setEnvironment } from '../../support/environment';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { startScriptedServer } from '../../support/scriptedServer';
import { serviceSignedFor } from '../../support/signatureV4';
import { minuteMs } from '../../support/simulatedClock';
import { shortenTimeouts } from '../../support/timeouts';

/** All of AWS that the function knows. */
interface Services {
  readonly secrets: SecretStore;
  readonly parameters: ParameterStore;
  queue(url: string): FollowUpQueue;
  bus(name: string): EventBus;
}

/** By the calls that the function makes itself. */
const own = (): Services => ({
  secrets: connectSecretStore(process.env),
  parameters: connectParameterStore(process.env),
  queue: (url) => connectFollowUpQueue(url, process.env),
  bus: (name) => connectEventBus(name, process.env),
});

/** By the clients of the SDK, as AWS makes them. */
const bySdk = (): Services => ({
  secrets: createSecretStore(new SecretsManager({ maxAttempts: 1 })),
  parameters: createParameterStore(new SSM({ maxAttempts: 1 })),
  queue: (url) => createFollowUpQueue(url, new SQS({ maxAttempts: 2 })),
  bus: (name) => createEventBus(name, new EventBridge({ maxAttempts: 2 })),
});

const versionId = 'a-version-of-at-least-32-characters';

const overwrite = true;

/** One time for all, and not so far off that a signature's clock is corrected. */
const nowMs = Date.now();

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

const otherCalls: typeof storeCalls = {
  'sending a message': ({ queue }) => queue(queueUrl('ours')).send(followUp),
  'sending a message to a queue that is missing': ({ queue }) =>
    queue(queueUrl('none')).send(followUp),
  'putting an event': ({ bus }) => bus('default').put(event),
  'putting an event on a bus that is missing': ({ bus }) => bus('none').put(event),
};

async function prepare(): Promise<AwsLocal> {
  const aws = await startAwsLocal({ now: () => nowMs });
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

const outcomesOf = (connect: () => Services, fault?: RefusingFault) =>
  awsOutcomesOf(prepare, connect, { ...storeCalls, ...otherCalls }, fault);

describe("the function's own calls", () => {
  it("give the same answers and errors as those of the SDK's clients", async () => {
    const expected = await outcomesOf(bySdk);

    const outcomes = await outcomesOf(own);

    expect(outcomes).toEqual(expected);
    expect(expected).toMatchObject({
      'reading AWSCURRENT': { value: { text: '1' } },
      'reading a secret that is missing': { kind: 'missing' },
      'writing another value to a version': {
        message: expect.stringContaining('ResourceExistsException'),
      },
      'creating a parameter that is there': { kind: 'exists' },
      'deleting a parameter that is missing': { value: undefined },
      'sending a message': { value: undefined },
      'sending a message to a queue that is missing': { name: 'QueueDoesNotExist' },
      'putting an event': { value: undefined },
    });
  });

  it.each(refusingFaults)(
    'say the same of the fault "%s", after as many attempts',
    async (fault) => {
      const expected = await outcomesOf(bySdk, fault);

      const outcomes = await outcomesOf(own, fault);

      expect(outcomes).toEqual(expected);
      for (const name of Object.keys(storeCalls)) {
        expect(outcomes[name]).toMatchObject({ name: 'StoreFailure' });
      }
      for (const name of Object.keys(otherCalls)) {
        expect(outcomes[name]).toMatchObject({ name: expect.any(String) });
      }
    },
  );

  it('send what those of the SDK send, and say who they are', async () => {
    const sent: object[][] = [];
    for (const connect of [bySdk, own]) {
      const { url, received } = await startScriptedServer();
      setEnvironment(rotatorEnvironment(url));
      await callEach(connect(), url);
      sent.push(
        received.map(({ method, url: path, headers, body }) => ({
          method,
          path,
          target: headers['x-amz-target'],
          type: headers['content-type'],
          length: headers['content-length'],
          input: {
            ...JSON.parse(body.replace(url, 'URL')),
            ...(body.includes('MessageDeduplicationId') && { MessageDeduplicationId: 'ID' }),
          },
        })),
      );
      if (connect === own) {
        const agents = received.map(({ headers }) => headers['user-agent']);
        expect(new Set(agents)).toEqual(new Set(['sfmc-token-rotator']));
      }
    }

    expect(sent[1]).toEqual(sent[0]);
  });

  it('sign their requests as AWS checks them', async () => {
    const { url, received } = await startScriptedServer();
    const environment = { ...rotatorEnvironment(url), AWS_SESSION_TOKEN: 'session' };
    setEnvironment(environment);

    await callEach(own(), url);

    const secretKey = environment.AWS_SECRET_ACCESS_KEY;
    expect(received.map((request) => serviceSignedFor(request, secretKey))).toEqual([
      'secretsmanager',
      'ssm',
      'sqs',
      'events',
    ]);
    for (const { headers } of received) {
      expect(headers['x-amz-security-token']).toBe('session');
      expect(headers.authorization).toContain('x-amz-security-token');
    }
  });

  it("carry Lambda's trace, by which AWS finds circles", async () => {
    const { url, received } = await startScriptedServer();
    setEnvironment({ ...rotatorEnvironment(url), _X_AMZN_TRACE_ID: 'Root=1-5759e988' });

    await callEach(own(), url);

    expect(received.map(({ headers }) => headers['x-amzn-trace-id'])).toEqual(
      Array(4).fill('Root=1-5759e988'),
    );
  });

  it('are cut off in the middle of an answer too', async () => {
    shortenTimeouts();
    const { url } = await startScriptedServer((response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"SecretString":"');
    });
    setEnvironment(rotatorEnvironment(url));

    const reading = own().secrets.readCurrent('sfmc/acme');

    await expect(reading).rejects.toMatchObject({ kind: 'transient' });
  });

  it.each(['null', '"ok"', '<html>', 'true'])('take a success of %j for none', async (body) => {
    const { url } = await startScriptedServer((response) => response.end(body));
    setEnvironment(rotatorEnvironment(url));

    const writing = own().secrets.put('sfmc/acme', versionId, 'canary');

    await expect(writing).rejects.toMatchObject({ kind: 'transient' });
  });

  it('take no time from an answer that came before Lambda froze the function', async () => {
    const clock = Date.now.bind(Date);
    let frozenMs = 0;
    const spy = jest.spyOn(Date, 'now').mockImplementation(() => clock() + frozenMs);
    closeAfterTest(() => spy.mockRestore());
    const { url, received } = await startScriptedServer((response) => {
      frozenMs = 20 * minuteMs;
      response.end('{}');
    });
    const secrets = connectSecretStore(rotatorEnvironment(url));

    await secrets.readCurrent('sfmc/acme');
    await secrets.readCurrent('sfmc/acme');

    const [before = 0, after = 0] = received.map(({ headers }) => timeOf(headers['x-amz-date']));
    expect(after - before).toBeGreaterThanOrEqual(frozenMs);
  });

  it('use the credentials that Lambda gives at the time, and fail without', async () => {
    const { url, received } = await startScriptedServer();
    const environment: Record<string, string | undefined> = rotatorEnvironment(url);
    const secrets = connectSecretStore(environment);

    await secrets.readCurrent('sfmc/acme');
    environment.AWS_ACCESS_KEY_ID = 'AKIDNEXT';
    await secrets.readCurrent('sfmc/acme');
    environment.AWS_SECRET_ACCESS_KEY = undefined;

    await expect(secrets.readCurrent('sfmc/acme')).rejects.toMatchObject({
      kind: 'notRetryable',
      message: expect.stringContaining('CredentialsProviderError'),
    });
    expect(
      received.map(({ headers }) => /Credential=(\w+)/.exec(`${headers.authorization}`)?.[1]),
    ).toEqual(['AKIDROTATOR', 'AKIDNEXT']);
  });
});

/** Such as `20261124T080000Z`. */
const timeOf = (header: unknown) =>
  Date.parse(String(header).replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5'));

/** A call to each of the four; the server's empty answers are no matter. */
async function callEach({ secrets, parameters, queue, bus }: Services, url: string): Promise<void> {
  await Promise.allSettled([secrets.readCurrent('sfmc/ä')]);
  await Promise.allSettled([parameters.read(['/sfmc/acme/config'])]);
  await Promise.allSettled([queue(`${url}/000000000000/ours.fifo`).send(followUp)]);
  await Promise.allSettled([bus('default').put(event)]);
}
