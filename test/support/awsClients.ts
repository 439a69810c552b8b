import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { closeAfterTest } from './closing';
import './nodeErrors';

// The SDK's notice about the end of support for a Node.js release would head every test's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Real clients of an endpoint, set up as the function sets them up: without retries. */
export function connectAws(endpoint: string) {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDROTATOR', secretAccessKey: 'unused' },
    maxAttempts: 1,
  };
  const secretsManager = new SecretsManagerClient(config);
  const ssm = new SSMClient(config);
  closeAfterTest(() => {
    secretsManager.destroy();
    ssm.destroy();
  });
  return { secretsManager, ssm };
}
