import { kindOfBody, parseProviderError, sentenceOf } from '../../../lambda/core/providerErrors';

const unauthorized = { message: 'Unauthorized', errorcode: 1, documentation: '' };
const parse = (body: unknown) => parseProviderError(JSON.stringify(body));

describe("the provider's own words", () => {
  it('are a JSON object with a message and a numeric errorcode', () => {
    expect(parse(unauthorized)).toEqual({ errorcode: 1, message: 'Unauthorized' });
    expect(parse({ message: '', errorcode: 0 })).toMatchObject({ errorcode: 0 });
  });

  it('may have the errorcode as a text of digits', () => {
    expect(parse({ ...unauthorized, errorcode: '10007' })).toMatchObject({ errorcode: 10007 });
    expect(parse({ ...unauthorized, errorcode: '0' })).toMatchObject({ errorcode: 0 });
  });

  it('may begin with a byte order mark', () => {
    expect(parseProviderError(`\uFEFF${JSON.stringify(unauthorized)}`)).toMatchObject({
      errorcode: 1,
    });
  });

  it('may say how long to wait', () => {
    expect(parse({ message: 'x', errorcode: 50100, retryAfter: 5 })).toMatchObject({
      retryAfter: 5,
    });
  });

  it.each([
    ['no body', undefined],
    ['an empty body', ''],
    ['HTML', '<html>{"message":"Unauthorized","errorcode":1}</html>'],
    ['a text', '"Unauthorized"'],
    ['a list', JSON.stringify([unauthorized])],
    ['no errorcode', '{"message":"Unauthorized"}'],
    ['no message', '{"errorcode":1}'],
    ['a message that is no text', '{"message":{},"errorcode":1}'],
    ['an errorcode in words', '{"message":"Unauthorized","errorcode":"AccessDenied"}'],
    ['an errorcode that only begins with digits', '{"message":"","errorcode":"1x"}'],
    ['an errorcode that only ends in digits', '{"message":"","errorcode":"x1"}'],
    ['an errorcode longer than any', '{"message":"","errorcode":"1234567890"}'],
    ['an empty errorcode', '{"message":"","errorcode":""}'],
    ['a null for the errorcode', '{"message":"","errorcode":null}'],
    ["OAuth's shape", '{"error":"invalid_grant","error_description":"expired"}'],
    ["AWS's shape", '{"__type":"AccessDeniedException","message":"no"}'],
    ['two objects', `${JSON.stringify(unauthorized)}${JSON.stringify(unauthorized)}`],
  ])('are not what a front says: %s', (_, body) => {
    expect(parseProviderError(body)).toBeUndefined();
  });
});

describe('an errorcode', () => {
  it.each([
    [1, 'the client credentials or the refresh token are refused'],
    [10007, 'this is an enhanced package: it has no legacy tokens'],
    [50100, 'its rate limit is exceeded'],
    [50300, 'it is not available at the moment'],
  ])('%d is explained', (errorcode, meaning) => {
    expect(sentenceOf(errorcode)).toContain(meaning);
  });

  it('of an enhanced package comes with what to do', () => {
    expect(sentenceOf(10007)).toContain(
      'Use the client id and secret of a legacy package, or move its integrations to /v2/token',
    );
  });

  it('that is not known is not explained', () => {
    expect(sentenceOf(4711)).toBeUndefined();
  });
});

describe('a body that must not be quoted', () => {
  it.each([
    ['a body that is too large', undefined],
    ['an empty body', ''],
    ['an empty body', ' \r\n'],
    ['an empty body', '\uFEFF'],
    ['an HTML page', '<!DOCTYPE html><p>canary'],
    ['an HTML page', '\uFEFF  <HTML><p>canary'],
    ['an HTML page', '<?xml version="1.0"?><canary/>'],
    ['an HTML page', '<head><title>canary'],
    ['an HTML page', '<body>canary'],
    ['JSON of another shape', '{"canary":1}'],
    ['JSON of another shape', '\uFEFF["canary"]'],
    ['a body that is not JSON', 'canary'],
    ['a body that is not JSON', 'canary <html>'],
    ['a body that is not JSON', '<canary>'],
    ['a body that is not JSON', '{"canary":'],
  ])('is called %s: %j', (kind, body) => {
    expect(kindOfBody(body)).toBe(kind);
  });
});
