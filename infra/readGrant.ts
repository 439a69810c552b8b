import { type Stack, Token } from 'aws-cdk-lib';
import {
  ArnPrincipal,
  Grant,
  type IGrantable,
  type IPrincipal,
  type IResourceWithPolicy,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ConfigurationError } from './configurationError';
import { type EncryptionKeys, onlyThrough } from './permissions';

export interface Readable {
  readonly connection: string;
  /** ARN, or pattern of it, in policies of principals. */
  readonly secretArn: string;
  /** Its policy can be extended; undefined if the secret is not the stack's. */
  readonly secret: (IResourceWithPolicy & { readonly secretArn: string }) | undefined;
  readonly keys: EncryptionKeys;
}

/**
 * Lets a principal read one token set, decryption included. A principal of another account is let in by
 * its own policy, by that of the secret, and by that of the key (Secrets Manager user guide, "Access
 * secrets from a different account").
 *
 * @throws ConfigurationError if the deployment would succeed and the reader be denied
 */
export function grantRead(stack: Stack, grantee: IGrantable, readable: Readable): Grant {
  const { connection, secretArn, secret } = readable;
  const isForeign = foreignAccounts(grantee, stack).length > 0;
  const actions = ['secretsmanager:GetSecretValue'];
  if (isForeign) refuseForeign(readable, grantee, stack);
  const grant = secret
    ? (isForeign ? Grant.addToPrincipalAndResource : Grant.addToPrincipalOrResource)({
        grantee,
        actions,
        resourceArns: [secretArn],
        resource: secret,
      })
    : Grant.addToPrincipal({ grantee, actions, resourceArns: [secretArn] });
  if (!grant.success) {
    throw new ConfigurationError(
      `grantRead: the principal takes no policies, and the secret of "${connection}" is not the ` +
        "stack's: put a policy on the secret that allows it secretsmanager:GetSecretValue.",
    );
  }
  return decryptionKeys(readable.keys).reduce(
    (all, key) => all.combine(grantDecryption(stack, grantee, readable, key, isForeign)),
    grant,
  );
}

const decryptionKeys = ({ current, previous }: EncryptionKeys) => [
  ...(current ? [current] : []),
  ...previous,
];

function grantDecryption(
  stack: Stack,
  grantee: IGrantable,
  { connection }: Readable,
  key: IKey,
  isForeign: boolean,
): Grant {
  const conditions = onlyThrough(['secretsmanager'], stack);
  const actions = ['kms:Decrypt'];
  // A grant of the key itself would extend its policy if that is not needed, or not possible.
  const identity = Grant.addToPrincipal({
    grantee,
    actions,
    resourceArns: [key.keyArn],
    conditions,
  });
  if (identity.success && !isForeign) return identity;
  const statement = new PolicyStatement({
    actions,
    resources: ['*'],
    principals: [grantee.grantPrincipal],
    conditions,
  });
  if (key.addToResourcePolicy(statement, true).statementAdded) return identity;
  throw new ConfigurationError(
    `grantRead: the reader of "${connection}" needs the policy of the key ${key.keyArn} to allow it ` +
      'kms:Decrypt, and a key that is given by its ARN cannot be changed from here: give the ' +
      'construct a key that the app makes (encryptionKey), or let a role of the own account read.',
  );
}

/**
 * @returns the accounts that the grantee is of, if they are others than the stack's, or, of a principal
 * that takes no policies, may be others; `*` for a principal of any account, such as an organization
 */
function foreignAccounts({ grantPrincipal }: IGrantable, { account }: Stack): readonly string[] {
  const { principalAccount } = grantPrincipal;
  const accounts =
    principalAccount === undefined ? accountsNamedIn(grantPrincipal) : [principalAccount];
  const takesNoPolicies = principalAccount === undefined || grantPrincipal instanceof ArnPrincipal;
  if (Token.isUnresolved(account) && !takesNoPolicies) return [];
  return accounts.filter((each) => !Token.isUnresolved(each) && each !== account);
}

/** In a policy's principal, conditions or not. */
function accountsNamedIn({ policyFragment }: IPrincipal): readonly string[] {
  const { AWS = [] } = policyFragment.principalJson;
  return AWS.filter((each) => !Token.isUnresolved(each)).map((each) => each.split(':')[4] ?? each);
}

function refuseForeign({ connection, secret, keys }: Readable, grantee: IGrantable, stack: Stack) {
  const accounts = foreignAccounts(grantee, stack);
  const other = accounts.includes('*') ? 'other accounts' : `account ${accounts.join(', ')}`;
  if (secret === undefined) {
    throw new ConfigurationError(
      `grantRead: the secret of "${connection}" is not the stack's, which cannot let ${other} in: ` +
        'put a policy on the secret itself, and on its key, or let a role of the own account read.',
    );
  }
  if (keys.current === undefined) {
    throw new ConfigurationError(
      `grantRead: the secret of "${connection}" is under the AWS managed key, which ${other} cannot ` +
        'use: give the construct a customer managed key (encryptionKey) that the app makes. ' +
        "If that is the stack's own account, give the stack its env.",
    );
  }
}
