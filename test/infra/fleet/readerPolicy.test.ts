import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { idOf, type Json, keyArn, region } from '../support';
import { allows } from './policy';
import { arn, fleetWith } from './support';

const secret = (name: string) => arn('secretsmanager', `secret:sfmc/${name}-AbCdEf`);
const document = (template: Template, type: string, part: string): Json =>
  template.toJSON().Resources[idOf(template, type, part)].Properties.PolicyDocument;

describe('grantRead of a fleet', () => {
  const grantedOn = (name: string, customerKeyArn?: string) => {
    const { stack, fleet } = fleetWith({}, customerKeyArn);
    const assumedBy = new ServicePrincipal('lambda.amazonaws.com');
    fleet.grantRead(new Role(stack, 'Reader', { assumedBy }), name);
    return document(Template.fromStack(stack), 'AWS::IAM::Policy', 'ReaderDefault');
  };
  const action = 'secretsmanager:GetSecretValue';

  it('lets its grantee read the one secret, and no other', () => {
    const policy = grantedOn('news');

    expect(allows(policy, { action, resource: secret('news') })).toBe(true);
    for (const other of ['news-mail', 'new', 'mail', 'news-AbCdEf']) {
      expect(allows(policy, { action, resource: secret(other) })).toBe(false);
    }
    expect(policy.Statement).toHaveLength(1);
    expect(
      allows(policy, { action: 'secretsmanager:PutSecretValue', resource: secret('news') }),
    ).toBe(false);
  });

  it('lets it decrypt through Secrets Manager, if there is a customer managed key', () => {
    const policy = grantedOn('news', keyArn);
    const decrypt = { action: 'kms:Decrypt', resource: keyArn };
    const through = (service: string) => ({
      'kms:ViaService': `${service}.${region}.amazonaws.com`,
    });

    expect(allows(policy, { ...decrypt, context: through('secretsmanager') })).toBe(true);
    expect(allows(policy, { ...decrypt, context: through('ssm') })).toBe(false);
  });

  it('refuses what is no name of a connection', () => {
    expect(() => grantedOn('news*')).toThrow('grantRead: "news*" must be 1 to 63 lower-case');
  });
});

describe('readerPolicy', () => {
  const policyOf = (customerKeyArn?: string) => {
    const { stack, fleet } = fleetWith({}, customerKeyArn);
    expect(fleet.readerPolicy()).toBe(fleet.readerPolicy());
    return document(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy', 'Readers');
  };
  const policy = policyOf();
  const action = 'secretsmanager:GetSecretValue';
  const tags = (principal?: string, resource?: string) => ({
    ...(principal !== undefined && { 'aws:PrincipalTag/sfmc-connection': principal }),
    ...(resource !== undefined && { 'secretsmanager:ResourceTag/sfmc-connection': resource }),
  });

  it("lets a principal read the secret of its own tag's connection", () => {
    expect(
      allows(policy, { action, resource: secret('news'), context: tags('news', 'news') }),
    ).toBe(true);
  });

  it.each([
    ['another connection', tags('mail', 'news')],
    ['a secret without the tag', tags('news')],
    ['a principal without the tag', tags(undefined, 'news')],
    ['neither with the tag', tags()],
  ])('lets nobody read: %s', (_case, context) => {
    expect(allows(policy, { action, resource: secret('news'), context })).toBe(false);
  });

  it('is about the secrets of connections, and about reading alone', () => {
    const context = tags('news', 'news');

    expect(
      allows(policy, { action, resource: arn('secretsmanager', 'secret:payroll-AbCdEf'), context }),
    ).toBe(false);
    expect(
      allows(policy, {
        action: 'secretsmanager:PutSecretValue',
        resource: secret('news'),
        context,
      }),
    ).toBe(false);
    expect(policy.Statement).toHaveLength(1);
  });

  it('includes a customer managed key through Secrets Manager', () => {
    const underKey = policyOf(keyArn);
    const through = (service: string) => ({
      action: 'kms:Decrypt',
      resource: keyArn,
      context: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
    });

    expect(allows(underKey, through('secretsmanager'))).toBe(true);
    expect(allows(underKey, through('ssm'))).toBe(false);
  });
});
