import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { connectionTag, defaultSecretPrefix } from '../../lambda/core/names';
import { allow, onlyThrough } from '../permissions';
import { secretArn } from './fleetArns';
import { acknowledgeWildcards } from './wildcards';

const id = 'Readers';

/**
 * Reading by attributes. A principal without the tag reads nothing: an unresolved variable matches
 * no value (IAM user guide, "IAM policy elements: Variables and tags"). Nor does a secret without it.
 */
export function addReaderPolicy(scope: Construct, encryptionKey: IKey | undefined): ManagedPolicy {
  const known = scope.node.tryFindChild(id);
  if (known instanceof ManagedPolicy) return known;
  const stack = Stack.of(scope);
  const statements = [
    allow(['secretsmanager:GetSecretValue'], [secretArn(stack, `${defaultSecretPrefix}*`)], {
      StringEquals: {
        [`secretsmanager:ResourceTag/${connectionTag}`]: `\${aws:PrincipalTag/${connectionTag}}`,
      },
    }),
    ...(encryptionKey
      ? [
          allow(
            ['kms:Decrypt'],
            [encryptionKey.keyArn],
            onlyThrough(['secretsmanager'], stack.region),
          ),
        ]
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
