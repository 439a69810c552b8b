import type { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { findings } from './awsSolutions';
import { connection } from './exampleConnection';
import { fleetWith, propertiesOf } from './fleet/support';
import { account, idOf, type Json, keyArn, permissionsOf, region, rotationWith } from './support';

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
const previousArn = keyArn.replace('0a1b2c3d', 'ffffffff');
const connections = [connection('news'), connection('mail')];

describe('a first deployment that fails', () => {
  it('leaves nothing behind whose name the next one needs', () => {
    for (const { template } of [rotationWith(), fleetWith()]) {
      const resources = Object.values(template().toJSON().Resources) as Json[];

      const kept = resources.filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy === 'Retain');

      expect(kept).toEqual([]);
    }
  });
});

describe('a secret that is there already', () => {
  const {
    stack,
    rotation,
    template: synthesized,
  } = rotationWith({
    connections,
    existingSecrets: ['news'],
  });
  rotation.grantRead(
    new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    'news',
  );
  const template = synthesized();

  it('is taken over by its name, and its value touched by no template', () => {
    const secrets = Object.values(template.findResources('AWS::SecretsManager::Secret'));

    expect(secrets.map(({ Properties }) => Properties.Name)).toEqual(['sfmc/mail']);
    template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 2);
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      SecretId: arn('secretsmanager', 'secret:sfmc/news'),
    });
    expect(findings(stack)).toEqual([]);
  });

  it('is worked on by the rotator, and read by those it is granted to', () => {
    const resource = arn('secretsmanager', 'secret:sfmc/news-??????');

    expect(permissionsOf(template, idOf(template, 'AWS::IAM::Role', 'RotatorRole'))).toEqual(
      expect.arrayContaining(
        [
          'GetSecretValue',
          'ListSecretVersionIds',
          'PutSecretValue',
          'UpdateSecretVersionStage',
        ].map((action) => `secretsmanager:${action} on ${resource}`),
      ),
    );
    expect(permissionsOf(template, idOf(template, 'AWS::IAM::Role', 'Reader'))).toEqual([
      `secretsmanager:GetSecretValue on ${resource}`,
    ]);
  });

  it('leaves the logical ids of the others as they are', () => {
    const ids = (of: Template) => Object.keys(of.toJSON().Resources);
    const before = ids(rotationWith({ connections }).template());

    expect(ids(template).filter((id) => !id.startsWith('Reader'))).toEqual(
      before.filter((id) => !/newsSecret/.test(id)),
    );
  });

  it('may be under another key than the others, and is written under that', () => {
    const previousEncryptionKeys = [Key.fromKeyArn(stack, 'Former', previousArn)];
    const onKeys = (existingSecrets: string[]) => {
      const changed = rotationWith(
        { connections, existingSecrets, previousEncryptionKeys },
        keyArn,
      ).template();
      return permissionsOf(changed, idOf(changed, 'AWS::IAM::Role', 'RotatorRole'))
        .map((line) => line.split(' if ')[0])
        .filter((line) => line?.startsWith('kms:GenerateDataKey'));
    };

    expect(onKeys(['news'])).toEqual([
      `kms:GenerateDataKey on ${keyArn}`,
      `kms:GenerateDataKey on ${previousArn}`,
    ]);
    expect(onKeys([])).toEqual([`kms:GenerateDataKey on ${keyArn}`]);
  });

  it('must be of a connection in the list', () => {
    expect(() => rotationWith({ existingSecrets: ['nwes'] })).toThrow(
      'existingSecrets has "nwes", which is no connection of the list',
    );
  });
});

describe('what was written under a previous key', () => {
  const decrypts = (permissions: readonly string[]) =>
    permissions.filter((line) => line.includes(previousArn)).map((line) => line.split(' if ')[0]);

  it.each([
    ['another key', keyArn],
    ['the AWS managed key', undefined],
  ])('can be read after a change to %s, and nothing be written under it', (_to, present) => {
    const { stack, rotation, template } = rotationWith({}, present);
    const previous = Key.fromKeyArn(stack, 'Previous', previousArn);
    const changed = rotationWith({ previousEncryptionKeys: [previous] }, present);
    changed.rotation.grantRead(
      new Role(changed.stack, 'Reader', {
        assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      }),
    );

    const after = changed.template();

    const decrypt = [`kms:Decrypt on ${previousArn}`];
    expect(decrypts(permissionsOf(after, idOf(after, 'AWS::IAM::Role', 'RotatorRole')))).toEqual(
      decrypt,
    );
    expect(decrypts(permissionsOf(after, idOf(after, 'AWS::IAM::Role', 'Reader')))).toEqual(
      decrypt,
    );
    expect(JSON.stringify(template().toJSON())).not.toContain(previousArn);
    expect(rotation.secrets.size).toBe(1);
  });

  it('can be read by a fleet, its operators and its readers', () => {
    const { stack } = fleetWith();
    const previousEncryptionKeys = [Key.fromKeyArn(stack, 'Previous', previousArn)];
    const { fleet, template } = fleetWith({ previousEncryptionKeys }, keyArn);
    fleet.operatorPolicy('acme-');
    fleet.readerPolicy();

    const after = template();

    for (const part of ['Operators', 'Readers']) {
      const policy = propertiesOf(after, 'AWS::IAM::ManagedPolicy', part);
      expect(JSON.stringify(policy)).toContain(previousArn);
    }
    expect(decrypts(permissionsOf(after, idOf(after, 'AWS::IAM::Role', 'RotatorRole')))).toEqual([
      `kms:Decrypt on ${previousArn}`,
    ]);
  });
});
