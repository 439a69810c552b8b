import { accountId } from '../account';
import { type Permission, permissionsIn } from './policyEvaluation';

/** The services that have a key of their own here, by the key's alias. */
export const awsManagedKeys = new Map([
  ['alias/aws/secretsmanager', 'secretsmanager'],
  ['alias/aws/ssm', 'ssm'],
]);

/**
 * The key policies of AWS managed keys: each lets every principal of the account use the key through
 * its service. An identity policy can still deny it. Source: AWS KMS developer guide, "AWS managed
 * keys"; Systems Manager user guide, "Restricting decryption of SecureString parameter values".
 */
export function awsManagedKeyPermissions(region: string): readonly Permission[] {
  const Statement = [...awsManagedKeys].map(([alias, service]) => ({
    Effect: 'Allow',
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
    Condition: {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias },
      StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
    },
  }));
  return permissionsIn({ Statement });
}
