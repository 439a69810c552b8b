import { setTimeout as delay } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Target } from './target';

const listingLagMs = 6 * 60 * 1000;
/** Twice what AWS asks for. */
const nameReuseMs = 60 * 1000;
/** Both services are eventually consistent: a read right after a write may not know of it. */
const afterWriteMs = 2_000;

/**
 * A real account, by the SDK's own settings: `AWS_REGION`, `AWS_PROFILE`, `AWS_ACCESS_KEY_ID` and
 * the others ("Setting credentials in Node.js", SDK for JavaScript developer guide). Throttled calls
 * are repeated more slowly: PutParameter has 3 calls a second.
 */
export async function awsTarget(): Promise<Target & { close(): void }> {
  const config = { maxAttempts: 10, retryMode: 'adaptive' };
  const secretsManager = new SecretsManagerClient(config);
  const ssm = new SSMClient(config);
  // Their errors name what is missing, which every row would run into.
  await ssm.config.region();
  await ssm.config.credentials();
  secretsManager.middlewareStack.add(pauseAfterWrites, { step: 'initialize' });
  ssm.middlewareStack.add(pauseAfterWrites, { step: 'initialize' });
  return {
    secretsManager,
    ssm,
    listingLagMs,
    nameReuseMs,
    close() {
      secretsManager.destroy();
      ssm.destroy();
    },
  };
}

/** Middleware that lets a write become known before its answer is given. */
function pauseAfterWrites<Args, Output>(
  next: (args: Args) => Promise<Output>,
  { commandName = '' }: { readonly commandName?: string },
): (args: Args) => Promise<Output> {
  return async (args) => {
    const output = await next(args);
    if (!/^(Get|List|Describe)/.test(commandName)) await delay(afterWriteMs);
    return output;
  };
}
