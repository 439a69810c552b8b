import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { TokenRotationMonitoring } from '../../infra/monitoring/tokenRotationMonitoring';
import { settingNames } from '../../infra/settings';
import { TokenRotation } from '../../infra/tokenRotation';
import { warnOfMisspeltContext } from '../../infra/warnings';
import { setEnvironment } from '../support/environment';
import { connection } from './exampleConnection';
import { fleetWith } from './fleet/support';
import { fleetMonitoringOf, monitoringOf } from './monitoring/support';
import { account, code, projectApp, region, rotationWith } from './support';

/** Warnings and, with an i before them, what is only said. */
function said(stack: Stack): string[] {
  const any = Match.anyValue();
  const annotations = Annotations.fromStack(stack);
  const textOf = ({ entry }: { readonly entry: { readonly data?: unknown } }) =>
    String(entry.data).replace(/ \[ack: .*\]$/, '');
  return [
    ...annotations.findWarning('*', any).map(textOf),
    ...annotations.findInfo('*', any).map((each) => `i ${textOf(each)}`),
  ];
}

describe('the synthesis', () => {
  it('has nothing to say of what is in order', () => {
    expect(said(rotationWith().stack)).toEqual([]);
    expect(said(fleetWith({ concurrency: 10 }).stack)).toEqual([]);
  });

  it('warns of placeholders', () => {
    const connections = [
      connection('news', {
        authBaseUrl: 'https://SUBDOMAIN.auth.marketingcloudapis.com',
        clientId: 'CLIENT-ID',
      }),
      connection('mail'),
    ];

    expect(said(rotationWith({ connections }).stack)).toEqual([
      'Connection "news" has a placeholder, https://subdomain.auth.marketingcloudapis.com and ' +
        'CLIENT-ID: write what the installed package has.',
    ]);
  });

  it.each(['YOUR_CLIENT_ID', 'client_id', '<clientid>', 'ChangeMe', 'xxxxxxxx'])(
    'warns of the placeholder %s',
    (clientId) => {
      const connections = [connection('news', { clientId })];

      expect(said(rotationWith({ connections }).stack)).toEqual([
        expect.stringContaining(`has a placeholder, ${clientId}:`),
      ]);
    },
  );

  it('warns of an address and a runbook that nobody has', () => {
    const settings = {
      alarmEmail: 'ops@example.com',
      runbookUrl: 'https://wiki.example.com/runbook',
    };

    for (const { stack } of [
      monitoringOf(['news'], () => settings),
      fleetMonitoringOf(() => settings),
    ]) {
      expect(said(stack).filter((text) => text.includes('placeholder'))).toEqual([
        expect.stringMatching(/^alarmEmail is ops@example\.com, a placeholder/),
        expect.stringMatching(
          /^runbookUrl is https:\/\/wiki\.example\.com\/runbook, a placeholder/,
        ),
      ]);
    }
  });

  it("refuses a replica in the stack's own Region", () => {
    const connections = [connection('news', { replicaRegions: [region, 'us-east-1'] })];

    expect(() => rotationWith({ connections })).toThrow(
      `Connection "news": replicaRegions has ${region}, where the secret itself is: take it out.`,
    );
  });

  it('warns of one where a stack without a Region of its own would be deployed', () => {
    setEnvironment({ CDK_DEFAULT_REGION: 'eu-west-1' });
    const warningsOf = (replica: string) => {
      const stack = new Stack(projectApp(), 'Anywhere');
      const connections = [connection('news', { replicaRegions: [replica] })];
      new TokenRotation(stack, 'TokenRotation', { connections, code });
      return said(stack);
    };

    expect(warningsOf('us-east-1')).toEqual([]);
    expect(warningsOf('eu-west-1')).toEqual([
      'Connection "news": replicaRegions has eu-west-1, where the secret itself is: take it out.',
    ]);
  });

  it('warns of a reservation, which small accounts cannot bear, and what it needs', () => {
    const warning = expect.stringMatching(
      /^reservedConcurrency of 16 needs an account limit of concurrent executions of 116 at least/,
    );

    expect(said(rotationWith({ reservedConcurrency: 16 }).stack)).toEqual([warning]);
    expect(said(fleetWith({ reservedConcurrency: 16 }).stack)).toEqual([warning]);
  });

  it('says if more run at a time than a new account may have', () => {
    const connections = Array.from({ length: 11 }, (_, index) => connection(`c${index}`));

    expect(said(rotationWith({ connections }).stack)).toEqual([
      expect.stringMatching(/^i Up to 11 rotations run at a time\./),
    ]);
    expect(said(fleetWith().stack)).toEqual([
      expect.stringMatching(/^i Up to 16 rotations run at a time\./),
    ]);
  });

  it('warns of a topic that nobody is subscribed to, wherever it may be passed to', () => {
    const ofTopic = (stack: Stack) => said(stack).filter((text) => text.startsWith('Nobody'));
    const { stack, rotation } = rotationWith();
    const monitoring = new TokenRotationMonitoring(stack, 'Monitoring', { rotation });
    new Subscription(new Construct(stack, 'Elsewhere'), 'Mail', {
      topic: monitoring.alarmTopic,
      protocol: SubscriptionProtocol.EMAIL,
      endpoint: 'ops@example.com',
    });

    expect(ofTopic(monitoringOf().stack)).toHaveLength(1);
    expect(ofTopic(stack)).toEqual([]);
    expect(
      ofTopic(monitoringOf(['news'], () => ({ alarmEmail: 'ops@example.com' })).stack),
    ).toEqual([]);
  });
});

it('the synthesis looks past the topics of other Regions in the same app', () => {
  const { stack, rotation } = rotationWith();
  new TokenRotationMonitoring(stack, 'Monitoring', { rotation });
  const elsewhere = new Stack(stack.node.scope, 'Elsewhere', {
    env: { account, region: 'ap-southeast-2' },
  });
  new Topic(elsewhere, 'Topic').addSubscription(new EmailSubscription('ops@example.com'));

  expect(said(stack)).toEqual([expect.stringMatching(/^Nobody is subscribed/)]);
});

describe('names in the context', () => {
  const misspelt = (context: Record<string, unknown>) => {
    const stack = new Stack(new App({ context, builtinCloudFormationValidation: false }), 'Stack');
    warnOfMisspeltContext(stack, settingNames);
    return said(stack);
  };

  it.each([
    ['alarmEmial', 'alarmEmail'],
    ['alarmemail', 'alarmEmail'],
    ['kmsKeyArns', 'kmsKeyArn'],
    ['conections', 'connections'],
    ['fleetOperator', 'fleetOperators'],
    ['detailledMonitoring', 'detailedMonitoring'],
    ['alarm_email', 'alarmEmail'],
    ['previous-kms-key-arn', 'previousKmsKeyArns'],
  ])('that are nearly a known one are asked about: %s', (name, known) => {
    expect(misspelt({ [name]: true })).toEqual([
      `"${name}" in the context is not read: did you mean ${known}?`,
    ]);
  });

  it('are asked about each, several at a time', () => {
    expect(misspelt({ alarmEmial: true, runbookUri: true, stage: 'prod' })).toEqual([
      '"alarmEmial" in the context is not read: did you mean alarmEmail?',
      '"runbookUri" in the context is not read: did you mean runbookUrl?',
    ]);
  });

  it('that are known, or of something else, are not', () => {
    expect(
      misspelt({
        ...Object.fromEntries(settingNames.map((name) => [name, true])),
        '@aws-cdk/core:checkSecretUsage': true,
        'availability-zones:account=1:region=eu-west-1': [],
        stage: 'prod',
        vpcId: 'vpc-1',
      }),
    ).toEqual([]);
  });
});
