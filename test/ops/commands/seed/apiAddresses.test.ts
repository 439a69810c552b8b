import { Redacted } from '../../../../lambda/core/redacted';
import type { StoredTokens } from '../../../../lambda/core/tokenSet';
import { completeAddresses, knownAddresses } from '../../../../ops/commands/seed/firstExchange';
import type { Context } from '../../../../ops/context';
import { closeAfterTest } from '../../../support/closing';

const refreshToken = new Redacted('first');
const rest = (subdomain: string) => `https://${subdomain}.rest.marketingcloudapis.com`;
const stored: StoredTokens = { kind: 'seeded', refreshToken, restBaseUrl: rest('stored') };
const shared = 'https://auth.exacttargetapis.com';
const sandbox = 'https://auth-test.exacttargetapis.com';
const sharedRest = 'https://www.exacttargetapis.com';
const sharedSoap = 'https://webservice.s10.exacttarget.com/Service.asmx';

describe('the addresses that are known without asking', () => {
  it.each([
    ['the stored one', sandbox, {}, rest('stored')],
    ['the one that was brought', sandbox, { restBaseUrl: rest('brought') }, rest('brought')],
    [
      "the login's",
      sandbox,
      { firstToken: { refreshToken, restBaseUrl: rest('login') } },
      rest('login'),
    ],
    [
      "the token endpoint's own, above all",
      'https://tenant.auth.marketingcloudapis.com',
      { restBaseUrl: rest('brought') },
      rest('tenant'),
    ],
    ["the shared stacks'", shared, {}, sharedRest],
  ])('are %s', (_name, authBaseUrl, brought, restBaseUrl) => {
    expect(knownAddresses(stored, authBaseUrl, brought).restBaseUrl).toBe(restBaseUrl);
  });
});

/** What Marketing Cloud answers to whoever asks for the addresses, and what was asked. */
function answering(status: number, body: unknown) {
  const asked = jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async () => new Response(JSON.stringify(body), { status }));
  closeAfterTest(() => asked.mockRestore());
  const printed: string[] = [];
  const context = {
    settings: { allowLoopbackProvider: false },
    terminal: { progress: (line: string) => printed.push(line) },
  } as unknown as Context;
  return { context, asked: () => asked.mock.calls.map(([url]) => url), printed };
}

const endpoints = {
  items: [
    { type: 'rest', url: 'https://WWW.exacttargetapis.com/' },
    { type: 'soap', url: sharedSoap },
  ],
};
const accessToken = new Redacted('access');

describe('the addresses that are not known', () => {
  it('are asked for once, by the new access token', async () => {
    const { context, asked } = answering(200, endpoints);

    const found = await completeAddresses(context, { restBaseUrl: sharedRest }, accessToken);

    expect(found).toEqual({ restBaseUrl: sharedRest, soapBaseUrl: sharedSoap });
    expect(asked()).toEqual([`${sharedRest}/platform/v1/endpoints`]);
  });

  it('are asked of the shared host if none is known', async () => {
    const { context, asked } = answering(200, endpoints);

    const found = await completeAddresses(context, {}, accessToken);

    expect(found).toEqual({ restBaseUrl: sharedRest, soapBaseUrl: sharedSoap });
    expect(asked()).toEqual([`${sharedRest}/platform/v1/endpoints`]);
  });

  it('stay unknown without a usable answer, which is no failure', async () => {
    const { context, printed } = answering(503, { message: 'no', errorcode: 50300 });

    const found = await completeAddresses(context, { restBaseUrl: sharedRest }, accessToken);

    expect(found).toEqual({ restBaseUrl: sharedRest });
    expect(printed).toHaveLength(1);
  });

  it('are not taken of a host that is not Marketing Cloud’s', async () => {
    const items = [{ type: 'soap', url: 'https://example.com/Service.asmx' }];
    const { context } = answering(200, { items });

    expect(await completeAddresses(context, {}, accessToken)).toEqual({});
  });

  it('are not asked for if both are known', async () => {
    const { context, asked } = answering(200, endpoints);
    const known = { restBaseUrl: rest('a'), soapBaseUrl: sharedSoap };

    expect(await completeAddresses(context, known, accessToken)).toBe(known);
    expect(asked()).toEqual([]);
  });
});
