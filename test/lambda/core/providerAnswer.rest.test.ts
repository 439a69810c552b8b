import { interpretEndpoints, interpretTokenContext } from '../../../lambda/core/providerAnswer';
import { nowMs } from './facts';
import { html, limited, response, unauthorized } from './httpAnswers';
import './redactedEquality';

describe("tokenContext's answer about an access token", () => {
  const judged = (status: number, body: unknown = html, retryAfter?: string) =>
    interpretTokenContext(response(status, body, retryAfter), nowMs);

  it.each([200, 202, 204, 299])('%d accepts it, whatever the body', (status) => {
    expect(judged(status)).toStrictEqual({ kind: 'accepted' });
    expect(judged(status, '')).toStrictEqual({ kind: 'accepted' });
  });

  it.each([400, 401, 403, 404])('%d refuses it, in the own words of the provider', (status) => {
    expect(judged(status, unauthorized)).toStrictEqual({ kind: 'refused' });
  });

  it('401 refuses it in any JSON: the REST interface has error shapes of its own', () => {
    expect(judged(401, { documentation: 'canary', validationErrors: [] })).toStrictEqual({
      kind: 'refused',
    });
  });

  it.each([401, 403, 404, 300, 302, 199])('%d of a front says nothing of it', (status) => {
    expect(judged(status)).toStrictEqual({
      kind: 'indeterminate',
      reason: `HTTP ${status} with an HTML page, not in Marketing Cloud's own words`,
    });
    expect(judged(status, status === 401 ? 'null' : '{}').kind).toBe('indeterminate');
    expect(judged(status, '"canary"').kind).toBe('indeterminate');
    expect(interpretTokenContext(response(status, undefined), nowMs).kind).toBe('indeterminate');
  });

  it.each([408, 429, 500, 503, 596])('%d says nothing of it yet', (status) => {
    expect(judged(status, limited, '5')).toMatchObject({
      kind: 'indeterminate',
      retryAfterMs: 5_000,
    });
    expect(judged(status, limited)).not.toHaveProperty('retryAfterMs');
  });

  it('that never came says nothing of it yet, for the reason that the transport gave', () => {
    for (const kind of ['noResponse', 'notSent'] as const) {
      expect(interpretTokenContext({ kind, reason: 'no answer' }, nowMs)).toStrictEqual({
        kind: 'indeterminate',
        reason: 'no answer',
      });
    }
  });
});

describe('the addresses of the interfaces', () => {
  const rest = 'https://www.exacttargetapis.com/';
  const soap = 'https://webservice.s10.exacttarget.com/Service.asmx';
  const items = [
    { type: 'soap', url: soap },
    { type: 'rest', url: rest },
    { type: 'auth', url: 'https://auth.exacttargetapis.com/' },
  ];
  const read = (status: number, body: unknown) => interpretEndpoints(response(status, body));

  it('are those of REST and SOAP, in whatever order and case they are named', () => {
    expect(read(200, { items })).toEqual({ rest, soap });
    expect(read(200, { items: [{ type: 'SOAP', url: soap }] })).toStrictEqual({ soap });
    expect(read(200, { items: [{ type: 'Rest', url: rest }] })).toStrictEqual({ rest });
    expect(read(200, `\uFEFF${JSON.stringify({ items })}`)).toEqual({ rest, soap });
  });

  it('are found among items that cannot be read', () => {
    const odd = ['canary', null, { type: 'rest' }, { type: 'rest', url: null }, { url: rest }];

    expect(read(200, { items: [...odd, ...items] })).toEqual({ rest, soap });
  });

  it('are absent if an address is empty', () => {
    expect(read(200, { items: [{ type: 'soap', url: '' }] })).toStrictEqual({});
  });

  it.each([
    ['an error', 401, unauthorized],
    ['another success', 202, { items }],
    ['HTML', 200, html],
    ['another shape', 200, { items: 'canary' }],
    ['a body that is too large', 200, undefined],
  ])('are unknown after %s, which is no list', (_, status, body) => {
    expect(read(status, body)).toBeUndefined();
  });

  it.each([
    ['something else', ['canary']],
    ['items without an address', [{ type: 'soap' }]],
    ['nothing', []],
  ])('are absent from a list of %s', (_, listed) => {
    expect(read(200, { items: listed })).toStrictEqual({});
  });

  it('are unknown if no answer came', () => {
    expect(interpretEndpoints({ kind: 'noResponse', reason: 'no answer' })).toBeUndefined();
    expect(interpretEndpoints({ kind: 'notSent', reason: 'no connection' })).toBeUndefined();
  });
});
