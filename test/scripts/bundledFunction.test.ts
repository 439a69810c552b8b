import { execFile } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startLambda } from '../../local/aws/lambda/lambda';
import type { AwsLocal } from '../../local/aws/server';
import { startProviderSimulator } from '../../local/provider/server';
import { startAwsUnderRole } from '../support/awsUnderRole';
import { closeAfterTest } from '../support/closing';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { startScriptedServer } from '../support/scriptedServer';
import { minuteMs } from '../support/simulatedClock';
import { sqsEvent } from '../support/sqsEvent';
import { StoredConnection } from '../support/storedConnection';
import { temporaryFolder } from '../support/temporaryFolder';

const bundle = path.join(__dirname, '..', '..', 'dist', 'rotator', 'index.mjs');
const event = { connection: 'acme' };

/** The built function in a process that knows of the outside what these variables say. */
function startFunction(env: Record<string, string>) {
  const lambda = startLambda({ env: { TMPDIR: temporaryFolder(), ...env } });
  closeAfterTest(() => lambda.close());
  return lambda;
}

async function startServers() {
  const [secretsManager, ssm] = await Promise.all([startAwsUnderRole(), startAwsUnderRole()]);
  const provider = await startProviderSimulator();
  for (const server of [secretsManager, ssm, provider]) closeAfterTest(() => server.close());
  new StoredConnection(secretsManager).put({ refreshToken: provider.refreshToken });
  const parameters = new StoredConnection(ssm);
  parameters.configure({ authBaseUrl: provider.url, clientId: provider.clientId });
  parameters.putParameter('client-secret', provider.clientSecret);
  return { secretsManager, ssm, provider };
}

const operationsOf = ({ calls }: AwsLocal) => calls.map(({ operation }) => operation);

describe('the built function', () => {
  it('finds an AWS service at an endpoint of its own, any other at the common one', async () => {
    const { secretsManager, ssm } = await startServers();
    const lambda = startFunction({
      ...rotatorEnvironment(ssm.url),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    });

    const result = await lambda.invoke(sqsEvent('acme'));

    expect(result).toEqual({ batchItemFailures: [] });
    expect(operationsOf(secretsManager)).toEqual(['GetSecretValue', 'PutSecretValue']);
    expect(operationsOf(ssm)).toEqual(['GetParameters']);
  });

  it('finds Parameter Store at an endpoint of its own', async () => {
    const { secretsManager, ssm } = await startServers();
    const lambda = startFunction({
      ...rotatorEnvironment(secretsManager.url),
      AWS_ENDPOINT_URL_SSM: ssm.url,
    });

    const result = await lambda.invoke(sqsEvent('acme'));

    expect(result).toEqual({ batchItemFailures: [] });
    expect(operationsOf(secretsManager)).toEqual(['GetSecretValue', 'PutSecretValue']);
    expect(operationsOf(ssm)).toEqual(['GetParameters']);
  });

  it("signs with the role's temporary credentials, in the region it runs in", async () => {
    const aws = await startScriptedServer((response) => {
      response.writeHead(400).end('{"__type":"AccessDeniedException","Message":"No."}');
    });
    const lambda = startFunction({
      ...rotatorEnvironment(aws.url),
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'ASIAROLE',
      AWS_SESSION_TOKEN: 'session',
    });

    await expect(lambda.invoke(event)).rejects.toMatchObject({
      errorMessage: expect.stringContaining('AccessDeniedException: No.'),
    });

    const [request] = aws.received;
    expect(request?.headers).toMatchObject({
      authorization: expect.stringMatching(
        /Credential=ASIAROLE\/\d{8}\/eu-central-1\/secretsmanager\/aws4_request/,
      ),
      'x-amz-security-token': 'session',
    });
  });

  it('says so if it has no credentials, and asks nobody else for any', async () => {
    const aws = await startScriptedServer();
    const { AWS_ACCESS_KEY_ID, ...environment } = rotatorEnvironment(aws.url);
    const lambda = startFunction({
      ...environment,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/credentials`,
    });

    await expect(lambda.invoke(event)).rejects.toMatchObject({
      errorMessage: expect.stringContaining('CredentialsProviderError'),
    });

    expect(aws.received).toEqual([]);
  });

  // On a clock that goes on by itself, a wait is longer than it was asked to be.
  it('makes one more attempt at the end of its time, however long it is asked to wait', async () => {
    const { secretsManager, ssm, provider } = await startServers();
    const lambda = startFunction({
      ...rotatorEnvironment(ssm.url),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    });
    provider.orderFault({ kind: 'dropAfter' });
    provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 60 });

    await lambda.invoke(sqsEvent('acme'), { timeoutMs: 9_000 });

    // A confirmation follows if there is still time for it.
    const statuses = provider.requests.map(({ status }) => status);
    expect(statuses.slice(0, 3)).toEqual([null, 429, 200]);
    const { refreshToken = '' } = new StoredConnection(secretsManager).current();
    expect(provider.model.accepts(refreshToken, Date.now() + 10 * minuteMs)).toBe(true);
  });

  it('opens no socket and sets no timer at its start: a process that only loads it ends', async () => {
    const script = `
      await import(${JSON.stringify(pathToFileURL(bundle).href)});
      console.log(JSON.stringify(process.getActiveResourcesInfo()));`;
    const args = ['--input-type=module', '--eval', script];
    const env = rotatorEnvironment('http://127.0.0.1:1');

    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      env,
      timeout: 120_000,
    });

    const open: string[] = JSON.parse(stdout);
    expect(open.filter((name) => /Timeout|Immediate|TCP|TLS|UDP/.test(name))).toEqual([]);
    expect(stderr).toBe('');
  });
});
