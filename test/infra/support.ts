import { App, type AppProps, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import cdkJson from '../../cdk.json';
import { TokenRotation, type TokenRotationProps } from '../../infra/tokenRotation';
import { connection } from './exampleConnection';

export const account = '111122223333';
export const region = 'eu-west-1';
/** Stands in for the built bundle, which these tests are not about. */
export const code = Code.fromInline('exports.handler = async () => {};');

export const keyArn = `arn:aws:kms:${region}:${account}:key/0a1b2c3d-1111-2222-3333-0123456789ab`;

/**
 * The feature flags that the project deploys with. CDK's own validation takes seconds to load its
 * rules: what asks for it is test/infra/validation.test.ts.
 */
export function projectApp({ builtinCloudFormationValidation = false }: AppProps = {}): App {
  // What is only said would be printed by each synthesis.
  const context = { ...cdkJson.context, '@aws-cdk/core:annotationsInValidationReport': false };
  return new App({ context, builtinCloudFormationValidation });
}

/**
 * One rotation in a stack of its own: of the connection `news`, unless set otherwise, and under a
 * customer managed key that exists already if its ARN is given.
 */
export function rotationWith(props: Partial<TokenRotationProps> = {}, customerKeyArn?: string) {
  const stack = new Stack(projectApp(), 'Stack', { env: { account, region } });
  const rotation = new TokenRotation(stack, 'TokenRotation', {
    connections: [connection('news')],
    code,
    ...(customerKeyArn && { encryptionKey: Key.fromKeyArn(stack, 'Key', customerKeyArn) }),
    ...props,
  });
  return { stack, rotation, template: () => Template.fromStack(stack) };
}

export type Json = Record<string, unknown>;

/**
 * Everything that the policies of a role allow, one line for each action on each resource. Other
 * resources of the template are called by their type and, if they have one, their name. What
 * they deny begins with `never`.
 */
export function permissionsOf(template: Template, roleId: string): string[] {
  return policiesOf(template, roleId)
    .flatMap(({ document }) => permissionsIn(template, document))
    .sort();
}

/** The same of one policy. */
export function permissionsIn(template: Template, document: Json): string[] {
  return (document.Statement as Json[])
    .flatMap((statement) => {
      expect(['Allow', 'Deny']).toContain(statement.Effect);
      const never = statement.Effect === 'Deny' ? 'never ' : '';
      const condition =
        statement.Condition === undefined ? '' : ` if ${JSON.stringify(statement.Condition)}`;
      return list(statement.Action).flatMap((action) =>
        list(statement.Resource).map(
          (resource) => `${never}${action} on ${spell(template, resource)}${condition}`,
        ),
      );
    })
    .sort();
}

export function policiesOf(template: Template, roleId: string) {
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    Object.values(template.findResources(type))
      .map((resource) => resource.Properties as Json)
      .filter(({ Roles }) => JSON.stringify(Roles ?? []).includes(`"${roleId}"`))
      .map(({ PolicyDocument }) => ({ type, document: PolicyDocument as Json })),
  );
}

export function idOf(template: Template, type: string, part = ''): string {
  const ids = Object.keys(template.findResources(type)).filter((id) => id.includes(part));
  expect(ids).toHaveLength(1);
  return ids[0] ?? '';
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function spell(template: Template, value: unknown): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument] = []] = Object.entries(value as Json);
  if (intrinsic === 'Fn::Join') {
    return list((argument as unknown[])[1])
      .map((part) => spell(template, part))
      .join('');
  }
  const id = String(intrinsic === 'Fn::GetAtt' ? (argument as string[])[0] : argument);
  if (id === 'AWS::Partition') return 'aws';
  if (id.startsWith('AWS::')) return id;
  const { Type, Properties = {} } = template.toJSON().Resources[id];
  const { Name } = Properties;
  return Name === undefined ? `the ${Type}` : `the ${Type} ${Name}`;
}
