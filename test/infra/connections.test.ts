import { ConfigurationError } from '../../infra/configurationError';
import { connectionsPerStack, parseConnections } from '../../infra/connections';
import { connection } from './exampleConnection';

function complaintsAbout(value: unknown): string[] {
  try {
    parseConnections(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as ConfigurationError).message.split('\n');
  }
  return [];
}

describe('the list of connections', () => {
  it('gives each connection its defaults', () => {
    const connections = parseConnections([
      { name: 'news', authBaseUrl: 'https://mc-test.auth.marketingcloudapis.com', clientId: 'abc' },
    ]);

    expect(connections).toEqual([
      {
        name: 'news',
        authBaseUrl: 'https://mc-test.auth.marketingcloudapis.com',
        clientId: 'abc',
        onBrokenChain: 'alarm',
        replicaRegions: [],
      },
    ]);
  });

  it('keeps what is chosen, and checks its own result as well', () => {
    const chosen = connection('news', {
      onBrokenChain: 'reissue',
      replicaRegions: ['eu-central-1', 'us-gov-west-1'],
    });

    expect(parseConnections(parseConnections([chosen]))).toEqual([chosen]);
  });

  it.each([
    ['https://auth.exacttargetapis.com', 'https://auth.exacttargetapis.com'],
    ['https://auth-test.exacttargetapis.com/', 'https://auth-test.exacttargetapis.com'],
    ['https://MC-Test.auth.marketingcloudapis.com/', 'https://mc-test.auth.marketingcloudapis.com'],
  ])('takes the token endpoint %s', (authBaseUrl, stored) => {
    const [parsed] = parseConnections([connection('news', { authBaseUrl })]);

    expect(parsed?.authBaseUrl).toBe(stored);
  });

  it.each([[undefined], [[]], [{}], ['news']])(
    'says what to write in cdk.json if there is none: %j',
    (nothing) => {
      expect(complaintsAbout(nothing)).toEqual([
        'connections must be a list of at least one. In cdk.json write: "context": { "connections": ' +
          '[{"name":"example","authBaseUrl":"https://SUBDOMAIN.auth.marketingcloudapis.com",' +
          '"clientId":"CLIENT-ID"}] }',
      ]);
    },
  );

  it('shows an example that only the placeholders keep from being right', () => {
    const [complaint = ''] = complaintsAbout([]);
    const shown = JSON.parse(`{${complaint.split('In cdk.json write: ')[1]}}`);

    expect(complaintsAbout(shown.context.connections)).toEqual([]);
  });

  const hosts =
    'must be https://SUBDOMAIN.auth.marketingcloudapis.com, https://auth.exacttargetapis.com or ' +
    'https://auth-test.exacttargetapis.com, without path, user, port or query';

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a name that AWS names cannot hold',
      { name: 'News_1' },
      'Connection "News_1": name must be 1 to 63 lower-case letters, digits or hyphens, and ' +
        'begin with a letter or digit.',
    ],
    [
      'a name of 64 characters',
      { name: 'n'.repeat(64) },
      `Connection "${'n'.repeat(64)}": name must be 1 to 63 lower-case letters, digits or ` +
        'hyphens, and begin with a letter or digit.',
    ],
    [
      'a name that is no text',
      { name: 7 },
      'Connection 1 in the list: name must be 1 to 63 lower-case letters, digits or hyphens, and ' +
        'begin with a letter or digit.',
    ],
    ...[
      'http://mc-test.auth.marketingcloudapis.com',
      'https://mc-test.auth.marketingcloudapis.com.example.org',
      'https://example.org/.auth.marketingcloudapis.com',
      'https://user@mc-test.auth.marketingcloudapis.com',
      'https://mc-test.auth.marketingcloudapis.com:8443',
      'https://mc-test.auth.marketingcloudapis.com/v1/requestToken',
      'https://mc-test.auth.marketingcloudapis.com?legacy=1',
      'http://127.0.0.1:8080',
      42,
    ].map((authBaseUrl): [string, Record<string, unknown>, string] => [
      `the token endpoint ${authBaseUrl}`,
      { authBaseUrl },
      `Connection "news": authBaseUrl ${hosts}.`,
    ]),
    [
      'a missing client id',
      { clientId: undefined },
      'Connection "news": clientId must be the installed package\'s client id, in quotes.',
    ],
    [
      'an empty client id',
      { clientId: '' },
      'Connection "news": clientId must be the installed package\'s client id, without spaces.',
    ],
    ...['a\u001b[31m', 'a\u200B', '\u202Ea', 'ä'].map(
      (clientId): [string, Record<string, unknown>, string] => [
        `the client id ${JSON.stringify(clientId)}`,
        { clientId },
        'Connection "news": clientId must be the installed package\'s client id, in visible ASCII.',
      ],
    ),
    ...['"id"', "'id'", '{"clientId":"id"}'].map(
      (clientId): [string, Record<string, unknown>, string] => [
        `the client id ${clientId}`,
        { clientId },
        'Connection "news": clientId must be the installed package\'s client id alone, without quotes of its own.',
      ],
    ),
    [
      'another way with a broken chain',
      { onBrokenChain: 'ignore' },
      'Connection "news": onBrokenChain must be "alarm" or "reissue".',
    ],
    [
      'a replica Region that does not exist',
      { replicaRegions: ['eu-central-1', 'Frankfurt'] },
      'Connection "news": replicaRegions[1] must be a Region name, such as "eu-west-1".',
    ],
    [
      'one replica Region twice',
      { replicaRegions: ['eu-central-1', 'eu-central-1'] },
      'Connection "news": replicaRegions must name each Region once.',
    ],
    [
      'replica Regions that are no list',
      { replicaRegions: 'eu-central-1' },
      'Connection "news": replicaRegions must be a list of Region names, such as ["eu-west-1"].',
    ],
    [
      'a client secret, or any other member that it does not know',
      { clientSecret: 'do-not-show' },
      'Connection "news": clientSecret is unknown: remove it, or write one of name, authBaseUrl, ' +
        'clientId, onBrokenChain, replicaRegions.',
    ],
  ])('refuses %s', (_what, wrong, complaint) => {
    expect(complaintsAbout([{ ...connection('news'), ...wrong }])).toEqual([complaint]);
  });

  it('names all mistakes at once, each with its connection', () => {
    const { clientId, ...withoutClientId } = connection('mail');

    expect(
      complaintsAbout([{ ...connection('news'), onBrokenChain: '' }, withoutClientId, 'x']),
    ).toEqual([
      'Connection "news": onBrokenChain must be "alarm" or "reissue".',
      'Connection "mail": clientId is missing: add it.',
      'Connection 3 in the list must be an object such as ' +
        '{"name":"example","authBaseUrl":"https://SUBDOMAIN.auth.marketingcloudapis.com",' +
        '"clientId":"CLIENT-ID"}.',
    ]);
  });

  it('refuses a name whose schedule would have the name of another one', () => {
    const long = 'a'.repeat(62);

    expect(complaintsAbout([connection(`${long}1`), connection(`${long}2`)])).toEqual([
      `Connection "${long}2": name has the first 59 characters of another.`,
    ]);
  });

  it('refuses a name that another connection has', () => {
    const twice = ['news', 'mail', 'news', 'news'].map((name) => connection(name));

    expect(complaintsAbout(twice)).toEqual([
      'Connection "news": name is taken: give each its own.',
    ]);
  });

  it('refuses more than fit into one stack', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => connection(`c${i}`));

    expect(complaintsAbout(many(connectionsPerStack))).toEqual([]);
    expect(complaintsAbout(many(51))).toEqual([
      'There are 51 connections, and the IAM policies of one rotator hold 50. A fleet holds any ' +
        'number: set "fleet": true, and add them with "npm run ops -- seed" (docs/fleet.md).',
    ]);
  });
});
