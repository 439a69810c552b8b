import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import { closeAfterTest } from './closing';

/** The SDK's clients of an endpoint, without retries. */
export function openAws(endpoint: string) {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDROTATOR', secretAccessKey: 'unused' },
    maxAttempts: 1,
  };
  const secretsManager = new SecretsManager(config);
  const ssm = new SSM(config);
  return {
    secretsManager,
    ssm,
    close() {
      secretsManager.destroy();
      ssm.destroy();
    },
  };
}

/** The same, closed when the test ends. */
export function connectClients(endpoint: string) {
  const { close, ...clients } = openAws(endpoint);
  closeAfterTest(close);
  return clients;
}
