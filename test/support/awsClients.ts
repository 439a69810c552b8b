import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { closeAfterTest } from './closing';

/** Real clients of an endpoint, set up as the function sets them up: without retries. */
export function openAws(endpoint: string) {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDROTATOR', secretAccessKey: 'unused' },
    maxAttempts: 1,
  };
  const secretsManager = new SecretsManagerClient(config);
  const ssm = new SSMClient(config);
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
export function connectAws(endpoint: string) {
  const { close, ...clients } = openAws(endpoint);
  closeAfterTest(close);
  return clients;
}
