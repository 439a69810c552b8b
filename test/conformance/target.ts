import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';

/** What the rows run against. */
export interface Target {
  readonly secretsManager: SecretsManagerClient;
  readonly ssm: SSMClient;
  /**
   * How long a listing may still miss what was written ("ListSecrets ... might not reflect changes
   * from the last five minutes", API reference); 0 if it never does.
   */
  readonly listingLagMs: number;
  /**
   * How long the name of a deleted parameter is not to be used ("After deleting a parameter, wait for
   * at least 30 seconds to create a parameter with the same name", API reference, DeleteParameter).
   */
  readonly nameReuseMs: number;
}
