import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { AssetCode, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { builtCode } from '../../infra/builtCode';
import { connection } from './exampleConnection';
import { idOf, rotationWith } from './support';

describe('the rotator', () => {
  const template = rotationWith({
    connections: [connection('news'), connection('mail')],
  }).template();

  it('is one arm64 function for all connections, on the newest Node.js that CDK knows', () => {
    const versions = Runtime.ALL.filter(({ family }) => family === RuntimeFamily.NODEJS).map(
      ({ name }) => Number(/\d+/.exec(name)?.[0] ?? 0),
    );

    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      Runtime: `nodejs${Math.max(...versions)}.x`,
      Handler: 'index.handler',
    });
  });

  it('logs to a group of its own, kept for a month by default', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: { Ref: idOf(template, 'AWS::Logs::LogGroup') } },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    rotationWith({ logRetention: RetentionDays.ONE_YEAR })
      .template()
      .hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });

  it('puts events on the default bus, and plain rotations among them once somebody subscribes', () => {
    const { rotation, template: synthesized } = rotationWith();
    const { rotation: unheard, template: unheardTemplate } = rotationWith();
    for (const event of ['recovered', 'reissued', 'broken', 'whole'] as const) {
      unheard.eventPattern(event);
    }

    rotation.eventPattern('rotated', 'news');

    const environment = (Variables: object) => ({ Environment: { Variables } });
    unheardTemplate().hasResourceProperties(
      'AWS::Lambda::Function',
      environment({ EVENT_BUS_NAME: 'default', ROTATED_EVENTS: Match.absent() }),
    );
    synthesized().hasResourceProperties(
      'AWS::Lambda::Function',
      environment({ EVENT_BUS_NAME: 'default', ROTATED_EVENTS: 'true' }),
    );
  });

  it('has no share of the concurrency reserved unless it is asked for', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: Match.absent(),
    });
  });
});

describe('the built code', () => {
  it('is the folder that the build leaves', () => {
    expect(builtCode('rotator', __dirname)).toBeInstanceOf(AssetCode);
  });

  it('is asked for if it is missing', () => {
    expect(() => builtCode('rotator', join(tmpdir(), 'no-such-folder'))).toThrow(
      'dist/rotator is missing: run "npm run build" first.',
    );
  });
});
