import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Target } from './target';

/** Clients of an endpoint on this machine, for all of a file's tests. */
export function localTarget(endpoint: string): Target & { close(): void } {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDCONFORMANCE', secretAccessKey: 'unused' },
    maxAttempts: 1,
  };
  const secretsManager = new SecretsManagerClient(config);
  const ssm = new SSMClient(config);
  return {
    secretsManager,
    ssm,
    listingLagMs: 0,
    close() {
      secretsManager.destroy();
      ssm.destroy();
    },
  };
}
