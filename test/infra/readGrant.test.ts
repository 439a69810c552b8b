import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AccountPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  type IGrantable,
  OrganizationPrincipal,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { TokenRotation } from '../../infra/tokenRotation';
import { connection } from './exampleConnection';
import { fleetWith } from './fleet/support';
import { account, code, idOf, type Json, keyArn, region, rotationWith } from './support';

const other = '444455556666';
const foreignRole = `arn:aws:iam::${other}:role/reader`;
const throughSecretsManager = {
  StringEquals: { 'kms:ViaService': [`secretsmanager.${region}.amazonaws.com`] },
};
const serviceRole = (stack: Stack) =>
  new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

/** A rotation under a key that the app makes. */
function underOwnKey() {
  const { stack } = rotationWith({ connections: [connection('other')] });
  const ownStack = new Stack(stack.node.root as App, 'Own', { env: { account, region } });
  const rotation = new TokenRotation(ownStack, 'TokenRotation', {
    connections: [connection('news')],
    code,
    encryptionKey: new Key(ownStack, 'Key'),
  });
  const keyPolicy = (): Json[] => {
    const template = Template.fromStack(ownStack);
    return template.toJSON().Resources[idOf(template, 'AWS::KMS::Key')].Properties.KeyPolicy
      .Statement;
  };
  return { stack: ownStack, rotation, keyPolicy };
}

describe('grantRead for another account', () => {
  it.each([
    [foreignRole, new ArnPrincipal(foreignRole)],
    [`arn:aws:iam::${other}:root`, new AccountPrincipal(other)],
  ])('extends the policies of the secret and of an own key: %s', (principalArn, principal) => {
    const { stack, rotation, keyPolicy } = underOwnKey();

    const grant = rotation.grantRead(principal);

    expect(grant.success).toBe(true);
    Template.fromStack(stack).hasResourceProperties('AWS::SecretsManager::ResourcePolicy', {
      ResourcePolicy: {
        Statement: [{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow' }],
      },
    });
    expect(keyPolicy()).toContainEqual({
      Action: 'kms:Decrypt',
      Effect: 'Allow',
      Principal: { AWS: principalArn },
      Resource: '*',
      Condition: throughSecretsManager,
    });
  });

  it('extends them for each of several accounts', () => {
    const { stack, rotation, keyPolicy } = underOwnKey();
    const principals = [other, '777788889999'].map((id) => `arn:aws:iam::${id}:role/reader`);

    for (const each of principals) rotation.grantRead(new ArnPrincipal(each));

    const template = Template.fromStack(stack);
    const ofSecret = idOf(template, 'AWS::SecretsManager::ResourcePolicy');
    const { ResourcePolicy } = template.toJSON().Resources[ofSecret].Properties;
    const letIn = (statements: Json[]) => {
      const text = JSON.stringify(statements);
      return principals.filter((each) => text.includes(each));
    };
    expect(letIn(ResourcePolicy.Statement)).toEqual(principals);
    expect(letIn(keyPolicy())).toEqual(principals);
  });

  it.each<[string, (stack: Stack) => IGrantable, string]>([
    [
      'an imported role',
      (stack) => Role.fromRoleArn(stack, 'Foreign', foreignRole),
      `account ${other}`,
    ],
    [
      'an ARN under a condition',
      () =>
        new ArnPrincipal(foreignRole).withConditions({ Bool: { 'aws:SecureTransport': 'true' } }),
      `account ${other}`,
    ],
    [
      'several at a time',
      () =>
        new CompositePrincipal(
          new ArnPrincipal(`arn:aws:iam::${account}:role/reader`),
          new ArnPrincipal(foreignRole),
        ),
      `account ${other}`,
    ],
    ['an organization', () => new OrganizationPrincipal('o-1234567890'), 'other accounts'],
    ['anybody', () => new AnyPrincipal(), 'other accounts'],
  ])('knows it in %s', (_, principalIn, named) => {
    const { stack, rotation } = rotationWith();
    expect(() => rotation.grantRead(principalIn(stack))).toThrow(
      `is under the AWS managed key, which ${named} cannot use`,
    );

    const own = underOwnKey();
    expect(own.rotation.grantRead(principalIn(own.stack)).success).toBe(true);
    expect(own.keyPolicy()).toContainEqual(
      expect.objectContaining({
        Action: 'kms:Decrypt',
        Condition: expect.objectContaining({
          StringEquals: expect.objectContaining(throughSecretsManager.StringEquals),
        }),
      }),
    );
  });

  it('is refused under the AWS managed key, which no other account can use', () => {
    expect(() => rotationWith().rotation.grantRead(new ArnPrincipal(foreignRole))).toThrow(
      `grantRead: the secret of "news" is under the AWS managed key, which account ${other} cannot use`,
    );
  });

  it('is refused under a key that is given by its ARN, whose policy cannot be extended', () => {
    expect(() =>
      rotationWith({}, keyArn).rotation.grantRead(new ArnPrincipal(foreignRole)),
    ).toThrow(
      `needs the policy of the key ${keyArn} to allow it kms:Decrypt, and a key that is given`,
    );
  });

  it('is refused of a secret that is not the stack’s', () => {
    const existing = rotationWith({ existingSecrets: ['news'] }, keyArn).rotation;

    for (const grant of [
      () => existing.grantRead(new ArnPrincipal(foreignRole)),
      () => fleetWith({}, keyArn).fleet.grantRead(new ArnPrincipal(foreignRole), 'news'),
      () => fleetWith().fleet.grantRead(new AccountPrincipal(other), 'news'),
    ]) {
      expect(grant).toThrow(
        `grantRead: the secret of "news" is not the stack's, which cannot let account ${other} in`,
      );
    }
  });

  it('is refused if the account of the stack is not known, and may be the same', () => {
    const stack = new Stack(new App(), 'Anywhere');
    const rotation = new TokenRotation(stack, 'TokenRotation', {
      connections: [connection('news')],
      code,
    });

    expect(() => rotation.grantRead(new AccountPrincipal(other))).toThrow(
      'is under the AWS managed key',
    );
    expect(() => rotation.grantRead(new ArnPrincipal(foreignRole))).toThrow(
      "If that is the stack's own account, give the stack its env.",
    );
    expect(rotation.grantRead(serviceRole(stack)).success).toBe(true);
  });
});

describe('grantRead for a principal that takes no policies', () => {
  const ofOwnAccount = new ArnPrincipal(`arn:aws:iam::${account}:role/reader`);

  it('extends the policy of an own key too', () => {
    const { rotation, keyPolicy } = underOwnKey();

    expect(rotation.grantRead(ofOwnAccount).success).toBe(true);

    expect(keyPolicy()).toContainEqual(
      expect.objectContaining({ Action: 'kms:Decrypt', Condition: throughSecretsManager }),
    );
  });

  it('is refused if it would be denied', () => {
    expect(() => fleetWith().fleet.grantRead(ofOwnAccount, 'news')).toThrow(
      'grantRead: the principal takes no policies, and the secret of "news" is not the stack\'s',
    );
    expect(() => rotationWith({}, keyArn).rotation.grantRead(ofOwnAccount)).toThrow(
      'a key that is given by its ARN cannot be changed from here',
    );
  });
});
