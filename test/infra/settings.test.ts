import { App } from 'aws-cdk-lib';
import { ConfigurationError } from '../../infra/configurationError';
import { parseConnections } from '../../infra/connections';
import { readSettings } from '../../infra/settings';
import { connection } from './exampleConnection';
import { keyArn } from './support';

const settingsOf = (context: Record<string, unknown>) => readSettings(new App({ context }).node);

describe('the settings', () => {
  const connections = [connection('news')];

  it('need the connections alone', () => {
    expect(settingsOf({ connections })).toEqual({ connections: parseConnections(connections) });
  });

  it('are the same from the command line, which knows text only', () => {
    const asText = { connections: JSON.stringify(connections), reservedConcurrency: '2' };

    expect(settingsOf(asText)).toEqual(settingsOf({ connections, reservedConcurrency: 2 }));
  });

  it('take the ARN of a key', () => {
    expect(settingsOf({ connections, kmsKeyArn: keyArn })).toMatchObject({ kmsKeyArn: keyArn });
  });

  it.each([
    'arn:aws:kms:eu-west-1:111122223333:alias/tokens',
    'alias/tokens',
    '0a1b2c3d-1111-2222-3333-0123456789ab',
    7,
  ])('refuse what is no ARN of a key: %s', (kmsKeyArn) => {
    expect(() => settingsOf({ connections, kmsKeyArn })).toThrow(
      new ConfigurationError(
        `kmsKeyArn is ${JSON.stringify(kmsKeyArn)}: write the ARN of a key (not of an alias), ` +
          'such as "arn:aws:kms:REGION:ACCOUNT:key/KEY-ID".',
      ),
    );
  });

  it('take an e-mail address for alarms', () => {
    const alarmEmail = 'sfmc.ops+alarms@mail.example.com';

    expect(settingsOf({ connections, alarmEmail })).toMatchObject({ alarmEmail });
  });

  it.each(['ops', 'ops@', 'a@example.com, b@example.com', 'Ops <ops@example.com>', '', true])(
    'refuse what is no e-mail address: %j',
    (alarmEmail) => {
      expect(() => settingsOf({ connections, alarmEmail })).toThrow(
        new ConfigurationError(
          `alarmEmail is ${JSON.stringify(alarmEmail)}: write one e-mail address, such as ` +
            '"ops@example.com"; subscribe further ones to the topic.',
        ),
      );
    },
  );

  it.each([undefined, [], '[]', '[{'])('refuse to be without connections: %j', (none) => {
    expect(() => settingsOf({ connections: none })).toThrow(
      'connections must be a list of at least one. In cdk.json write:',
    );
  });
});
