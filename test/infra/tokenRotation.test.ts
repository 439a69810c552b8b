import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ArnPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { parseMessage } from '../../lambda/rotator/events';
import { connection } from './exampleConnection';
import { account, idOf, keyArn, permissionsOf, region, rotationWith } from './support';

describe('the secret of a connection', () => {
  const template = rotationWith({
    connections: [connection('news'), connection('mail', { replicaRegions: ['eu-central-1'] })],
  }).template();

  it('has the name that rotator and readers know', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 2);
    template.hasResourceProperties('AWS::SecretsManager::Secret', { Name: 'sfmc/news' });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { Name: 'sfmc/mail' });
  });

  it.each(['constructor', '0', 'a-'])('may be that of any name, such as %s', (name) => {
    rotationWith({ connections: [connection(name)] })
      .template()
      .hasResourceProperties('AWS::SecretsManager::Secret', { Name: `sfmc/${name}` });
  });

  // Another value would be written over the live tokens of every deployed stack.
  it('has the value "{}", forever', () => {
    template.allResourcesProperties('AWS::SecretsManager::Secret', {
      SecretString: '{}',
      GenerateSecretString: Match.absent(),
    });
  });

  it('outlives its connection and its stack, and not a deployment that fails to make it', () => {
    template.allResources('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('is copied to the Regions that the connection asks for, and to no other', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      Name: 'sfmc/mail',
      ReplicaRegions: [{ Region: 'eu-central-1' }],
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      Name: 'sfmc/news',
      ReplicaRegions: Match.absent(),
    });
  });

  it('is under the AWS managed key unless it is given another', () => {
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: Match.absent() });
  });
});

describe('the config of a connection', () => {
  it('is what the rotator reads, and no more', () => {
    const news = connection('news', { onBrokenChain: 'reissue', replicaRegions: ['us-east-1'] });
    const template = rotationWith({ connections: [news, connection('mail')] }).template();

    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/sfmc/news/config',
      Type: 'String',
      Value: JSON.stringify({
        authBaseUrl: news.authBaseUrl,
        clientId: news.clientId,
        onBrokenChain: 'reissue',
      }),
    });
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/sfmc/mail/config',
      Value: Match.stringLikeRegexp('"onBrokenChain":"alarm"'),
    });
  });
});

describe('the schedule of a connection', () => {
  const template = rotationWith({
    connections: [connection('news'), connection('mail')],
  }).template();
  const queueArn = (part: string) => ({
    'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue', part), 'Arn'],
  });
  const inputOf = (name: string) => {
    const [schedule] = Object.values(
      template.findResources('AWS::Scheduler::Schedule', { Properties: { Name: `sfmc-${name}` } }),
    );
    return String(schedule?.Properties.Target.Input);
  };

  it('sends the connection to the queue every five minutes, on time, in a group of its own', () => {
    template.resourceCountIs('AWS::Scheduler::Schedule', 2);
    for (const name of ['news', 'mail']) {
      template.hasResourceProperties('AWS::Scheduler::Schedule', {
        Name: `sfmc-${name}`,
        ScheduleExpression: 'rate(5 minutes)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: 'ENABLED',
        Target: {
          Arn: queueArn('QueuesQueue'),
          SqsParameters: { MessageGroupId: name },
        },
      });
    }
  });

  it('sends what the rotator takes, no two ticks alike', () => {
    const sentAt = (time: string) =>
      inputOf('news').replace('<aws.scheduler.scheduled-time>', time);
    const body = sentAt('2026-11-24T08:00:00Z');

    expect(parseMessage({ body, group: 'news' })).toEqual({
      connection: 'news',
      force: false,
    });
    // Else the queue would drop the second.
    expect(sentAt('2026-11-24T08:05:00Z')).not.toBe(body);
  });

  it('leaves a late tick to the next one, and to the dead-letter queue', () => {
    template.allResourcesProperties('AWS::Scheduler::Schedule', {
      Target: {
        DeadLetterConfig: { Arn: queueArn('RotationDeadLetterQueue') },
        RetryPolicy: { MaximumEventAgeInSeconds: 60 },
      },
    });
  });

  it('shares one role with the others, which only schedules of this account and Region take', () => {
    const roleId = idOf(template, 'AWS::IAM::Role', 'SchedulerRole');

    template.allResourcesProperties('AWS::Scheduler::Schedule', {
      Target: { RoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] } },
    });
    expect(
      template.toJSON().Resources[roleId].Properties.AssumeRolePolicyDocument.Statement,
    ).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': account,
            'aws:SourceArn': `arn:aws:scheduler:${region}:${account}:schedule-group/default`,
          },
        },
      },
    ]);
  });
});

describe("Secrets Manager's own rotation", () => {
  const template = rotationWith({ connections: [connection('news')] }).template();
  const rotation = Object.values(template.findResources('AWS::SecretsManager::RotationSchedule'));

  it('is attached to the secret with the longest interval, and does not begin at once', () => {
    expect(rotation.map(({ Properties }) => Properties)).toEqual([
      {
        SecretId: { Ref: idOf(template, 'AWS::SecretsManager::Secret') },
        RotationLambdaARN: { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Function'), 'Arn'] },
        RotationRules: { AutomaticallyAfterDays: 1000 },
        RotateImmediatelyOnUpdate: false,
      },
    ]);
  });

  it('waits until Secrets Manager may invoke the function, and the function may read', () => {
    expect(rotation[0]?.DependsOn).toEqual(
      expect.arrayContaining([
        idOf(template, 'AWS::Lambda::Permission'),
        expect.stringMatching(/RotatorRoleDefaultPolicy/),
      ]),
    );
  });

  it('has the interval that it is given', () => {
    rotationWith({ rotationInterval: Duration.days(30) })
      .template()
      .hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
        RotationRules: { AutomaticallyAfterDays: 30 },
      });
  });
});

describe('the dead-letter queue of the schedules', () => {
  it('is a standard queue as Scheduler demands, encrypted, keeps messages for two weeks, and refuses plain HTTP', () => {
    const template = rotationWith().template();
    const id = idOf(template, 'AWS::SQS::Queue', 'RotationDeadLetterQueue');

    expect(template.toJSON().Resources[id].Properties).toEqual({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 3600,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });
});

describe('grantRead', () => {
  it('lets another function read that one secret', () => {
    const { stack, rotation } = rotationWith({
      connections: [connection('news'), connection('mail')],
    });
    const reader = new Role(stack, 'Reader', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });

    rotation.grantRead(reader, 'mail');

    expect(readersPermissions(Template.fromStack(stack))).toEqual([
      'secretsmanager:GetSecretValue on the AWS::SecretsManager::Secret sfmc/mail',
    ]);
  });

  it('needs no name if there is one connection, and includes its key', () => {
    const { stack, rotation } = rotationWith();
    const encrypted = rotationWith({}, keyArn);
    const reader = (scope: typeof stack) =>
      new Role(scope, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

    rotation.grantRead(reader(stack));
    encrypted.rotation.grantRead(reader(encrypted.stack));

    const plain = ['secretsmanager:GetSecretValue on the AWS::SecretsManager::Secret sfmc/news'];
    const via = `{"StringEquals":{"kms:ViaService":["secretsmanager.${region}.amazonaws.com"]}}`;
    expect(readersPermissions(Template.fromStack(stack))).toEqual(plain);
    expect(readersPermissions(Template.fromStack(encrypted.stack))).toEqual([
      `kms:Decrypt on ${keyArn} if ${via}`,
      ...plain,
    ]);
  });

  it('reaches a principal that takes no policies by the policy of the secret', () => {
    const { stack, rotation } = rotationWith();
    const principal = 'arn:aws:iam::111122223333:role/x';

    rotation.grantRead(new ArnPrincipal(principal));

    Template.fromStack(stack).hasResourceProperties('AWS::SecretsManager::ResourcePolicy', {
      ResourcePolicy: {
        Statement: [{ Action: 'secretsmanager:GetSecretValue', Principal: { AWS: principal } }],
      },
    });
  });

  it.each([
    [undefined, 'grantRead: there is several connections: name one of news, mail.'],
    ['mial', 'grantRead: there is no connection "mial": name one of news, mail.'],
  ])('asks for a name that there is, given %s', (name, complaint) => {
    const { rotation } = rotationWith({ connections: [connection('news'), connection('mail')] });

    expect(() =>
      rotation.grantRead(new ArnPrincipal('arn:aws:iam::111122223333:role/x'), name),
    ).toThrow(complaint);
  });

  function readersPermissions(template: Template) {
    return permissionsOf(template, idOf(template, 'AWS::IAM::Role', 'Reader'));
  }
});
