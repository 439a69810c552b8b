import {
  connectionNamePattern,
  connectionNameRule,
  connectionNames,
  connectionParameter,
  connectionTag,
  eventDetailType,
  eventSource,
  fleetParameterName,
  fleetScheduleName,
  parameterNames,
  scheduleName,
} from '../../../lambda/core/names';

describe('a connection name', () => {
  it.each(['a', '7', 'main', 'eu-1-', 'a'.repeat(63)])('may be %s', (name) => {
    expect(name).toMatch(connectionNamePattern);
  });

  it.each(['', '-a', 'Main', 'a_b', 'a/b', '../a', 'a b', 'a\n', 'ä', 'a'.repeat(64)])(
    'may not be %j',
    (name) => {
      expect(name).not.toMatch(connectionNamePattern);
    },
  );

  it('has its rule in words', () => {
    expect(connectionNameRule).toBe(
      'must be 1 to 63 lower-case letters, digits or hyphens, and begin with a letter or digit',
    );
  });
});

describe('what belongs to a connection', () => {
  it('is found under its name', () => {
    expect(connectionNames('acme')).toEqual({
      secret: 'sfmc/acme',
      config: '/sfmc/acme/config',
      clientSecret: '/sfmc/acme/client-secret',
      stagedClientSecret: '/sfmc/acme/client-secret-next',
      escrow: '/sfmc/acme/escrow',
    });
  });

  it('is found below another prefix if one is set', () => {
    expect(parameterNames('acme', '/other/')).toEqual({
      config: '/other/acme/config',
      clientSecret: '/other/acme/client-secret',
      stagedClientSecret: '/other/acme/client-secret-next',
      escrow: '/other/acme/escrow',
    });
  });

  it('has a schedule whose name EventBridge Scheduler takes', () => {
    expect(scheduleName('acme')).toBe('sfmc-acme');
    expect(scheduleName('a'.repeat(63))).toMatch(/^[\w.-]{1,64}$/);
  });
});

describe('a parameter by its name', () => {
  it.each([
    ['/sfmc/acme/config', { connection: 'acme', leaf: 'config' }],
    ['/sfmc/a-1/client-secret-next', { connection: 'a-1', leaf: 'client-secret-next' }],
    ['/sfmc/acme', undefined],
    ['/sfmc/acme/more/config', undefined],
    ['/sfmc/Acme/config', undefined],
    ['/sfmc//config', undefined],
  ])('says whose %s is', (name, expected) => {
    expect(connectionParameter(name, '/sfmc/')).toEqual(expected);
  });
});

describe('what a fleet is found by', () => {
  it('keeps its names: operators, policies and deployed stacks rely on them', () => {
    expect([fleetParameterName, fleetScheduleName, connectionTag]).toEqual([
      '/sfmc-token-rotator/fleet',
      'sfmc-token-rotator.fleet',
      'sfmc-connection',
    ]);
  });
});

describe('an event on the bus', () => {
  it('keeps its source and type: rules of others match them', () => {
    expect([eventSource, eventDetailType]).toEqual(['sfmc-token-rotator', 'SFMC Token Rotation']);
  });
});
