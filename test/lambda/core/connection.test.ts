import { parseConnectionConfig } from '../../../lambda/core/connection';
import { RotationError } from '../../../lambda/core/errors';
import { authBaseUrlRule } from '../../../lambda/core/hosts';

const tenant = 'https://mc-sub1.auth.marketingcloudapis.com';
const loopback = 'http://127.0.0.1:8080';

describe('parseConnectionConfig', () => {
  const parse = (text: string, allowLoopback = false) =>
    parseConnectionConfig('main', '/sfmc/main/config', text, { allowLoopback });

  const errorOf = (text: string): RotationError => {
    try {
      parse(text);
    } catch (thrown) {
      if (thrown instanceof RotationError) return thrown;
    }
    throw new Error('no RotationError was thrown');
  };

  const config = (members: object) =>
    JSON.stringify({ authBaseUrl: tenant, clientId: 'id', ...members });

  it('reads the members, drops unknown ones and cleans the address', () => {
    const text = config({ authBaseUrl: `${tenant}/`, onBrokenChain: 'reissue', comment: 'x' });

    expect(parse(text)).toEqual({
      authBaseUrl: tenant,
      clientId: 'id',
      onBrokenChain: 'reissue',
    });
  });

  it('takes what hands and shells put around the members', () => {
    const text = config({
      authBaseUrl: ` ${tenant}/\r\n`,
      clientId: ' id\n',
      onBrokenChain: 'reissue ',
    });
    const expected = { authBaseUrl: tenant, clientId: 'id', onBrokenChain: 'reissue' };

    expect(parse(text)).toEqual(expected);
    expect(parse(`\uFEFF${text}`)).toEqual(expected);
  });

  it('alarms on a broken chain by default', () => {
    expect(parse(config({})).onBrokenChain).toBe('alarm');
    expect(parse(config({ onBrokenChain: 'alarm' })).onBrokenChain).toBe('alarm');
  });

  it('takes a loopback provider only under its switch', () => {
    const text = config({ authBaseUrl: loopback });

    expect(parse(text, true).authBaseUrl).toBe(loopback);
    expect(errorOf(text).message).toContain('authBaseUrl');
  });

  it.each([
    ['text that is not JSON', 'canary', 'is not JSON'],
    ['JSON that is no object', '"canary"', "config's value must be a JSON object"],
    ['a list', '["canary"]', "config's value must be a JSON object"],
    ['a missing authBaseUrl', '{"clientId":"canary"}', "config's authBaseUrl is missing"],
    ['a missing clientId', `{"authBaseUrl":"${tenant}"}`, "config's clientId is missing"],
    ['a wrong type', config({ clientId: ['canary'] }), "config's clientId must be a string"],
    ['an empty clientId', config({ clientId: '' }), "config's clientId must not be empty"],
    ['a blank clientId', config({ clientId: ' ' }), "config's clientId must not be empty"],
    [
      "a clientId that would reach a terminal's controls",
      config({ clientId: 'canary\u001b[31m' }),
      "config's clientId must be of visible ASCII characters",
    ],
    ...['"canary"', "'canary'", '{"id":"canary"}'].map((clientId): [string, string, string] => [
      `a clientId in quotes or JSON, ${clientId}`,
      config({ clientId }),
      "config's clientId must stand there bare, without quotes or JSON around it",
    ]),
    [
      'an authBaseUrl that is no text',
      config({ authBaseUrl: 4711, clientId: 'canary' }),
      "config's authBaseUrl must be a string",
    ],
    [
      'a way out that is no text',
      config({ onBrokenChain: ['canary'] }),
      "config's onBrokenChain must be a string",
    ],
    [
      'an unknown way out',
      config({ onBrokenChain: 'canary' }),
      'config\'s onBrokenChain must be "reissue" or "alarm"',
    ],
    [
      'a host off the list',
      config({ authBaseUrl: 'https://canary.com' }),
      `config's authBaseUrl ${authBaseUrlRule}`,
    ],
  ])('names connection, field and parameter for %s, and quotes no value', (_, text, problem) => {
    const error = errorOf(text);

    expect(error.code).toBe('InvalidConfig');
    expect(error.message).toContain('Connection "main"');
    expect(error.message).toContain(problem);
    expect(error.message).toContain('/sfmc/main/config');
    expect(error.message).not.toContain('canary');
    expect(error.cause).toBeUndefined();
  });

  it('names every host that it takes if it refuses one', () => {
    const { message } = errorOf(config({ authBaseUrl: 'https://canary.com' }));

    expect(message).toBe(
      'Connection "main": its config\'s authBaseUrl must be ' +
        'https://SUBDOMAIN.auth.marketingcloudapis.com, https://auth.exacttargetapis.com or ' +
        'https://auth-test.exacttargetapis.com, without path, user, port or query. ' +
        'Correct the parameter /sfmc/main/config.',
    );
  });
});
