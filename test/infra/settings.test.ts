import { App } from 'aws-cdk-lib';
import { ConfigurationError } from '../../infra/configurationError';
import { parseConnections } from '../../infra/connections';
import { readFleetSettings, readSettings } from '../../infra/settings';
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

  it('take the keys of earlier deployments', () => {
    const previousKmsKeyArns = [keyArn];

    expect(settingsOf({ connections, previousKmsKeyArns })).toMatchObject({ previousKmsKeyArns });
    expect(
      settingsOf({ connections, previousKmsKeyArns: JSON.stringify(previousKmsKeyArns) }),
    ).toMatchObject({ previousKmsKeyArns });
    for (const refused of [keyArn, ['alias/tokens']]) {
      expect(() => settingsOf({ connections, previousKmsKeyArns: refused })).toThrow(
        /^previousKmsKeyArns is ".*": write /,
      );
    }
  });

  it('take names of secrets that are there already', () => {
    expect(settingsOf({ connections, existingSecrets: '["news"]' })).toMatchObject({
      existingSecrets: ['news'],
    });
    for (const refused of ['news', ['sfmc/news'], ['news', 'news']]) {
      expect(() => settingsOf({ connections, existingSecrets: refused })).toThrow(
        `existingSecrets is ${JSON.stringify(refused)}: write a list of connections' names`,
      );
    }
  });

  it('take an absolute URL of the runbook', () => {
    const runbookUrl = 'https://wiki.example.com/runbook';

    expect(settingsOf({ connections, runbookUrl })).toMatchObject({ runbookUrl });
    for (const refused of ['docs/runbook.md', 'ftp://example.com', `${runbookUrl}#top`, 7]) {
      expect(() => settingsOf({ connections, runbookUrl: refused })).toThrow(
        `runbookUrl is ${JSON.stringify(refused)}: write an absolute URL without "#"`,
      );
    }
  });

  it.each([true, 'true'])('take detailed monitoring: %j', (detailedMonitoring) => {
    expect(settingsOf({ connections, detailedMonitoring })).toMatchObject({
      detailedMonitoring: true,
    });
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

describe('the settings of a fleet', () => {
  const fleetOf = (context: Record<string, unknown>) =>
    readFleetSettings(new App({ context }).node);

  it.each([undefined, false, 'false'])('are left unread if the fleet is off: %j', (fleet) => {
    expect(fleetOf({ fleet, fleetConcurrency: 9 })).toBeUndefined();
  });

  it.each([true, 'true'])('need nothing else: %j', (fleet) => {
    expect(fleetOf({ fleet })).toEqual({});
  });

  it('are the same from the command line, which knows text only', () => {
    const asText = { fleet: 'true', fleetConcurrency: '9', fleetOperators: '["acme-"]' };

    expect(fleetOf(asText)).toEqual({ concurrency: 9, operators: ['acme-'] });
    expect(fleetOf({ fleet: true, fleetConcurrency: 9, fleetOperators: ['acme-'] })).toEqual(
      fleetOf(asText),
    );
  });

  it('have the name of a shard', () => {
    expect(fleetOf({ fleet: true, fleetShard: 'west' })).toEqual({ shard: 'west' });
  });

  it.each(['', 'West', '1st', 'a b', 'a'.repeat(33), 2, true])(
    'refuse what is no name of a shard: %j',
    (fleetShard) => {
      expect(() => fleetOf({ fleet: true, fleetShard })).toThrow(
        `fleetShard is ${JSON.stringify(fleetShard)}: write a short name`,
      );
    },
  );

  it('include those that are not about connections', () => {
    const shared = { kmsKeyArn: keyArn, reservedConcurrency: 9, alarmEmail: 'ops@example.com' };

    expect(fleetOf({ fleet: true, ...shared })).toEqual(shared);
    expect(() => fleetOf({ fleet: true, alarmEmail: 'ops' })).toThrow('alarmEmail is "ops"');
  });

  it.each(['yes', 1, {}])('refuse what says neither yes nor no: %j', (fleet) => {
    expect(() => fleetOf({ fleet })).toThrow(
      new ConfigurationError(`fleet is ${JSON.stringify(fleet)}: write true, or leave it out.`),
    );
  });

  it.each(['acme-', '[', [''], ['a*'], ['acme-', 'acme-'], {}])(
    'refuse what is no list of beginnings of names: %j',
    (fleetOperators) => {
      expect(() => fleetOf({ fleet: true, fleetOperators })).toThrow(
        `fleetOperators is ${JSON.stringify(fleetOperators)}: write a list of beginnings`,
      );
    },
  );
});
