import { Agent, request } from 'node:http';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from '../../../../local/aws/server';
import { closeAfterTest } from '../../../support/closing';

export const token1 = '11111111-1111-4111-8111-111111111111';
export const token2 = '22222222-2222-4222-8222-222222222222';
export const fixedNowMs = Date.UTC(2026, 10, 24, 8);
export const signedHeader =
  'AWS4-HMAC-SHA256 Credential=AKIALOCAL/20261124/eu-central-1/ssm/aws4_request';

/** An endpoint whose time stands still, with the settings that a real client needs for it. */
export async function prepareEndpoint(options: AwsLocalOptions = {}) {
  const aws = await startAwsLocal({ now: () => fixedNowMs, ...options });
  closeAfterTest(() => aws.close());
  const settings = {
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'any' },
    maxAttempts: 1,
  };
  return { aws, settings };
}

/** Closes a client after the test. */
export function closing<Client extends { destroy(): void }>(client: Client): Client {
  closeAfterTest(() => client.destroy());
  return client;
}

export async function prepare(options: AwsLocalOptions = {}) {
  const { aws, settings } = await prepareEndpoint(options);
  const secrets = closing(new SecretsManagerClient(settings));
  const parameters = closing(new SSMClient(settings));
  return { aws, secrets, parameters };
}

/** With a secret of one version, made without a call. */
export async function prepareWithSecret(options: AwsLocalOptions = {}) {
  const prepared = await prepare(options);
  const { ARN: arn } = prepared.aws.secretsManager.createSecret(
    { Name: 'sfmc/acme', ClientRequestToken: token1, SecretString: 'canary-1' },
    'eu-central-1',
  );
  const put = () =>
    prepared.secrets.send(
      new PutSecretValueCommand({
        SecretId: 'sfmc/acme',
        ClientRequestToken: token2,
        SecretString: 'canary-2',
      }),
    );
  const get = () => prepared.secrets.send(new GetSecretValueCommand({ SecretId: 'sfmc/acme' }));
  const current = () => prepared.aws.secretsManager.getSecretValue({ SecretId: 'sfmc/acme' });
  return { ...prepared, arn, put, get, current };
}

export interface Posted {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  readonly reused: boolean;
}

/** A request as no SDK would send it. */
export function post(
  { url }: AwsLocal,
  headers: Record<string, string>,
  body = '{}',
  options: { agent?: Agent; method?: string; path?: string } = {},
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent: new Agent(), headers, ...options },
      (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (chunk) => {
            text += chunk;
          })
          .on('end', () =>
            resolve({
              status: response.statusCode,
              headers: response.headers,
              body: text,
              reused: sent.reusedSocket,
            }),
          );
      },
    );
    sent.on('error', reject).end(body);
  });
}
