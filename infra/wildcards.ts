import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Gives the rule against wildcards the reason for each ARN of these statements that has one. */
export function acknowledgeWildcards(
  construct: Construct,
  statements: readonly PolicyStatement[],
  reason: string,
) {
  const arns = statements
    .flatMap(({ resources }) => resources)
    .map((arn) => flat(Stack.of(construct).resolve(arn)))
    .filter((arn) => arn.includes('*'));
  Validations.of(construct).acknowledge(
    ...arns.map((arn) => ({ id: `AwsSolutions-IAM5[Resource::${arn}]`, reason })),
  );
}

/** An ARN as the rule spells it: `<AWS::Region>` for what only the deployment knows. */
function flat(value: unknown): string {
  if (Array.isArray(value)) return value.map(flat).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  const [[intrinsic, argument] = []] = Object.entries(value);
  if (intrinsic === 'Fn::Join' && Array.isArray(argument)) return flat(argument[1]);
  return `<${String(argument)}>`;
}
