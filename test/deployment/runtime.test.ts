import { startAwsLocal } from '../../local/aws/server';
import { startProviderSimulator } from '../../local/provider/server';
import { startFleetUnderRole } from '../support/awsUnderRole';
import { closeAfterTest } from '../support/closing';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { sqsEvent } from '../support/sqsEvent';
import { StoredConnection } from '../support/storedConnection';
import { temporaryFolder } from '../support/temporaryFolder';
import { describeInRuntime, type Runtime } from './runtime';

// Processes are started, on machines that may be busy. Needs dist/: "npm run build".
jest.setTimeout(300_000);

/** Endpoints with the connection `acme`, whose first refresh token is stored. */
async function prepare() {
  const { aws, deployment } = await startFleetUnderRole();
  closeAfterTest(() => aws.close());
  const provider = await startProviderSimulator();
  closeAfterTest(() => provider.close());
  const stored = new StoredConnection(aws);
  stored.put({ refreshToken: provider.refreshToken });
  stored.configure({ authBaseUrl: provider.url, clientId: provider.clientId });
  stored.putParameter('client-secret', provider.clientSecret);
  const env: Readonly<Record<string, string>> = {
    ...rotatorEnvironment(aws.url),
    ...deployment.rotatorVariables(),
    TMPDIR: temporaryFolder(),
  };
  return { aws, provider, stored, env };
}

/** An endpoint that takes three seconds for each answer. */
async function prepareSlow() {
  const aws = await startAwsLocal({ latencyMs: 3_000 });
  closeAfterTest(() => aws.close());
  const QUEUE_URL = `${aws.url}/000000000000/sfmc-token-rotator.fifo`;
  return { env: { ...rotatorEnvironment(aws.url), QUEUE_URL } };
}

interface Departure {
  /** What Lambda does, and the emulator does not. */
  readonly of: string;
  /** The page of AWS's documentation that says so. */
  readonly source: string;
  readonly timeoutSeconds: number;
  /** Whether the emulator does it by now. */
  readonly isMended: (runtime: Runtime) => Promise<boolean>;
}

/** Why the tests go by the answer's text alone. */
const departures: readonly Departure[] = [
  {
    of: 'a header that distinguishes an error from a result',
    source: 'AWS Lambda API reference, Invoke, "Response elements"',
    timeoutSeconds: 60,
    isMended: async (runtime) =>
      (await runtime.functionError({ scheduledAt: 'noon' })) === 'Unhandled',
  },
  {
    of: 'a timeout that is an error with a type',
    source: 'AWS Lambda developer guide, "Troubleshoot invocation issues in Lambda"',
    timeoutSeconds: 1,
    isMended: async (runtime) => typeof (await runtime.invoke({})) !== 'string',
  },
];

describeInRuntime("Lambda's runtime", (start) => {
  it('starts the rotator once, and has it rotate in the same environment again', async () => {
    const { provider, stored, env } = await prepare();
    const runtime = await start({ bundle: 'rotator', env });

    const first = await runtime.invoke({ connection: 'acme' });
    const second = await runtime.invoke({ connection: 'acme' });
    const third = await runtime.invoke(sqsEvent('acme', { queueArn: env.QUEUE_ARN ?? '' }));

    expect(first).toMatchObject({ connection: 'acme', outcome: 'rotated' });
    expect(second).toMatchObject({ connection: 'acme', outcome: 'fresh' });
    expect(third).toEqual({ batchItemFailures: [] });
    const { accessToken = '' } = stored.current();
    expect(provider.model.isAccessTokenValid(accessToken, Date.now())).toBe(true);
    expect(runtime.log().match(/INIT START/g)).toHaveLength(1);
    expect(runtime.log().match(/^REPORT /gm)).toHaveLength(3);
  });

  it('reports an error by its code, and neither says nor logs a token', async () => {
    const { provider, env } = await prepare();
    const { clientSecret, refreshToken } = provider;
    const runtime = await start({ bundle: 'rotator', env });
    provider.model.revokeChain(refreshToken);

    const broken = await runtime.invoke({ connection: 'acme' });
    const unknown = await runtime.invoke({ connection: 'nobody' });
    const meaningless = await runtime.invoke({ nothing: 'of the kind' });

    expect([broken, unknown, meaningless]).toEqual([
      {
        errorType: 'ChainBroken',
        errorMessage: expect.stringMatching(/^Connection "acme": /),
        trace: expect.any(Array),
      },
      {
        errorType: 'InvalidConfig',
        errorMessage: expect.stringMatching(/^Connection "nobody" in us-east-1: /),
        trace: expect.any(Array),
      },
      {
        errorType: 'InvalidEvent',
        errorMessage: expect.stringContaining('connection is missing'),
        trace: expect.any(Array),
      },
    ]);
    expect(runtime.log()).toContain('Invoke Error');
    for (const secret of [refreshToken, clientSecret]) {
      expect(runtime.log()).not.toContain(secret);
      expect(JSON.stringify(broken)).not.toContain(secret);
    }
  });

  it('gives the rotator its deadline, before which it ends by itself', async () => {
    const { stored, env } = await prepare();
    const before = stored.current();
    const runtime = await start({ bundle: 'rotator', env, timeoutSeconds: 2 });

    const result = await runtime.invoke({ connection: 'acme' });

    expect(result).toMatchObject({ errorType: 'DeadlineExceeded' });
    expect(stored.current()).toEqual(before);
  });

  it('cuts the dispatcher off at its timeout, and starts it again', async () => {
    const { env } = await prepareSlow();
    const runtime = await start({ bundle: 'dispatcher', env, timeoutSeconds: 1 });

    const first = await runtime.invoke({});
    await runtime.invoke({});

    expect(first).toMatch(/Task timed out after 1.00 seconds$/);
    expect(runtime.log().match(/INIT START/g)).toHaveLength(2);
  });

  it('has the dispatcher send connections, and reports its errors', async () => {
    const { aws, env } = await prepare();
    const runtime = await start({ bundle: 'dispatcher', env });

    const sent = await runtime.invoke({});
    const refused = await runtime.invoke({ scheduledAt: 'noon' });

    expect(sent).toMatchObject({});
    expect(aws.calls.map(({ operation }) => operation)).toContain('GetParametersByPath');
    expect(refused).toMatchObject({
      errorType: 'InvalidEvent',
      errorMessage: expect.stringContaining('scheduledAt must be an ISO 8601 time'),
    });
  });

  it.each(departures)(
    'does without $of, which the emulator does not have ($source)',
    async ({ isMended, timeoutSeconds }) => {
      const { env } = await prepareSlow();
      const runtime = await start({ bundle: 'dispatcher', env, timeoutSeconds });

      expect(await isMended(runtime)).toBe(false);
    },
  );
});
