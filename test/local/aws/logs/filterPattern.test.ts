import { parseFilterPattern } from '../../../../local/aws/logs/filterPattern';
import { refusalOf } from '../refusalOf';

const loggedLine = JSON.stringify({
  level: 'ERROR',
  connection: 'acme',
  requestId: 'a-1',
  message: 'said "no" \\ twice',
  provider: { 'status-code': 400, host: 'mc.example' },
});

describe('a filter pattern', () => {
  it.each([
    [undefined, true],
    ['', true],
    ['ERROR', true],
    ['error', false],
    ['"acme"', true],
    [String.raw`"\"level\":\"ERROR\""`, true],
    ['ERROR "acme"', true],
    ['ERROR "other"', false],
    ['{ $.requestId = "a-1" }', true],
    ['{$.requestId="a-1"}', true],
    [' { $.requestId = "a-2" } ', false],
    ['{ $.requestId = "a" }', false],
    ['{ $.level = "ERROR" && $.connection = "acme" }', true],
    ['{ $.level = "ERROR" && $.connection = "other" }', false],
    ['{ $.level = "INFO" && $.connection = "acme" }', false],
    ['{ $.level = "ERROR" && $.connection = "acme" && $.requestId = "b" }', false],
    ['{ $.provider.host = "mc.example" }', true],
    ['{ $.provider.host = "mcxexample" }', false],
    ['{ $.provider.host = "mc.*" }', true],
    ['{ $.provider.host = "*.other" }', false],
    ['{ $.provider.status-code = "400" }', false],
    ['{ $.provider.toString = "*" }', false],
    ['{ $.level.length = "*" }', false],
    ['{ $.nothing.at.all = "*" }', false],
    [String.raw`{ $.message = "said \"no\" \\ twice" }`, true],
    ['{ $.message = "} && {" }', false],
  ])('%s: %s', (pattern, expected) => {
    expect(parseFilterPattern(pattern)(loggedLine)).toBe(expected);
  });

  it('of members matches no line that is not JSON, or no object', () => {
    const matches = parseFilterPattern('{ $.level = "*" }');

    expect(['START RequestId: 1', '"level"', 'null', '{"level":'].map(matches)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it.each([
    '{ $.level = ERROR }',
    '{ $.ms > 5 }',
    '{ $.level != "ERROR" }',
    '{ $.level = "ERROR" || $.level = "WARN" }',
    '{ ($.level = "ERROR") }',
    '{ $.level = "ERROR" && }',
    '{ level = "ERROR" }',
    '{ $.items[0] = "a" }',
    '{ $.level = %ERR% }',
    '{ $.level = "ERROR"',
    '{ }',
    '?ERROR ?WARN',
    '-ERROR',
    '[ip, user]',
    '%ERROR%',
    'a.b',
    '"open',
    '"level":"ERROR"',
  ])('is refused rather than matched wrongly: %s', (pattern) => {
    expect(refusalOf(() => parseFilterPattern(pattern))).toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('Invalid filter pattern'),
    });
  });
});
