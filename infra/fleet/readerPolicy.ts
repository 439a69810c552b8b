import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { connectionTag, defaultSecretPrefix } from '../../lambda/core/names';
import { allow, type EncryptionKeys, onlyThrough } from '../permissions';
import { acknowledgeWildcards } from '../wildcards';
import { secretArn } from './fleetArns';

const id = 'Readers';

/**
 * Reading by attributes. A principal without the tag reads nothing: an unresolved variable matches
 * no value (IAM user guide, "IAM policy elements: Variables and tags"). Nor does a secret without it.
 */
export function addReaderPolicy(
  scope: Construct,
  { current, previous }: EncryptionKeys,
): ManagedPolicy {
  const known = scope.node.tryFindChild(id);
  if (known instanceof ManagedPolicy) return known;
  const stack = Stack.of(scope);
  const keyArns = [...(current ? [current] : []), ...previous].map(({ keyArn }) => keyArn);
  const statements = [
    allow(['secretsmanager:GetSecretValue'], [secretArn(stack, `${defaultSecretPrefix}*`)], {
      StringEquals: {
        [`secretsmanager:ResourceTag/${connectionTag}`]: `\${aws:PrincipalTag/${connectionTag}}`,
      },
    }),
    ...(keyArns.length > 0
      ? [allow(['kms:Decrypt'], keyArns, onlyThrough(['secretsmanager'], stack))]
      : []),
  ];
  const policy = new ManagedPolicy(scope, id, {
    description: `Reads the token set of the connection in the principal's tag ${connectionTag}`,
    statements,
  });
  acknowledgeWildcards(
    policy,
    statements,
    'The tag of the principal decides which one of the secrets under the path sfmc/ it may read.',
  );
  return policy;
}
