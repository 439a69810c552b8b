import type { HttpAnswer } from '../../../../lambda/core/providerAnswer';
import type { Provider } from '../../../../lambda/effects/provider';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

const authBaseUrl = 'https://auth.exacttargetapis.com';
const restBaseUrl = 'https://www.exacttargetapis.com';
const soapBaseUrl = 'https://webservice.s7.exacttarget.com/Service.asmx';

const listing = (items: unknown): HttpAnswer => ({
  kind: 'response',
  status: 200,
  body: JSON.stringify({ items }),
});

/** A connection at the shared host, whose interfaces only the provider knows; all else is simulated. */
async function startSharedWorld(
  answer: HttpAnswer = listing([
    { type: 'rest', url: `${restBaseUrl}/` },
    { type: 'soap', url: soapBaseUrl },
  ]),
) {
  const world = await startDueWorld();
  const { provider } = world.effects;
  const { restBaseUrl: _r, soapBaseUrl: _s, ...tokens } = world.stored.current();
  world.stored.put(tokens);
  world.stored.configure({ authBaseUrl, clientId: world.provider.clientId });
  world.clearRequests();
  const asked: { readonly url: string; readonly accessToken: string }[] = [];
  const shared: Provider = {
    ...provider,
    requestToken(request, timeoutMs) {
      expect(request.authBaseUrl).toBe(authBaseUrl);
      return provider.requestToken({ ...request, authBaseUrl: world.provider.url }, timeoutMs);
    },
    async endpoints(url, accessToken) {
      asked.push({ url, accessToken: accessToken.reveal() });
      return answer;
    },
  };
  return { world, asked, tokens, overrides: { provider: shared } };
}

const addressesOf = ({ stored }: LocalWorld) => {
  const { restBaseUrl, soapBaseUrl } = stored.current();
  return { restBaseUrl, soapBaseUrl };
};

describe('the addresses of the interfaces, if the host is shared', () => {
  it('are asked for by the access token that is about to be replaced, and stored', async () => {
    const { world, asked, tokens, overrides } = await startSharedWorld();

    const result = await world.rotate({}, overrides);

    expect(result.outcome).toBe('rotated');
    expect(asked).toEqual([{ url: restBaseUrl, accessToken: tokens.accessToken }]);
    expect(addressesOf(world)).toEqual({ restBaseUrl, soapBaseUrl });
    expect(world.chainState()).toEqual(whole);
  });

  it('are not asked for again once they are known, by whatever environment', async () => {
    const { world, asked, overrides } = await startSharedWorld();
    await world.rotate({}, overrides);
    world.clock.advance(25 * minuteMs);
    world.startNewEnvironment();

    await world.rotate({}, overrides);

    expect(asked).toHaveLength(1);
    expect(addressesOf(world)).toEqual({ restBaseUrl, soapBaseUrl });
  });

  it.each([
    ['no answer', { kind: 'noResponse', reason: 'no answer' }],
    ['a refusal', { kind: 'response', status: 401, body: '{}' }],
    ['a page', { kind: 'response', status: 200, body: '<html></html>' }],
    ['no list', listing('x')],
  ] as const)(
    'are done without after %s, and asked for once in a rotation, and by the next one',
    async (_, answer) => {
      const { world, asked, overrides } = await startSharedWorld(answer);

      const first = await world.rotate({}, overrides);
      expect(asked).toHaveLength(1);
      world.clock.advance(25 * minuteMs);
      await world.rotate({}, overrides);

      expect(first.outcome).toBe('rotated');
      expect(asked).toHaveLength(2);
      expect(addressesOf(world)).toEqual({ restBaseUrl });
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('are asked for once in an environment if the list lacks them', async () => {
    const { world, asked, overrides } = await startSharedWorld(listing([]));

    await world.rotate({}, overrides);
    world.clock.advance(25 * minuteMs);
    await world.rotate({}, overrides);

    expect(asked).toHaveLength(1);
    expect(addressesOf(world)).toEqual({ restBaseUrl });
  });

  it.each([
    'https://webservice.example.com/Service.asmx',
    'http://webservice.s7.exacttarget.com/Service.asmx',
    'https://webservice.s7.exacttarget.com.example.com/Service.asmx',
  ])('are not taken from another host: %s', async (url) => {
    const { world, overrides } = await startSharedWorld(listing([{ type: 'soap', url }]));

    await world.rotate({}, overrides);

    expect(addressesOf(world)).toEqual({ restBaseUrl });
  });

  it('are not asked for while a token may have been used: its successor comes first', async () => {
    const { world, asked, overrides } = await startSharedWorld();
    const sentAtMs = world.clock.now();
    world.provider.orderFault({ kind: 'dropAfter' }, 99);
    const failing = { ...overrides.provider, endpoints: world.effects.provider.endpoints };
    const known = { ...world.stored.current(), soapBaseUrl };
    world.stored.put(known);
    await world.rotate({}, { provider: failing }).catch(() => undefined);
    world.endProviderFaults();
    world.clock.advance(20_000);

    await world.rotate({ receiveCount: 2, sentAtMs }, overrides);

    expect(asked).toEqual([]);
    expect(world.chainState()).toEqual(whole);
  });

  it('are not asked for by an access token that has expired', async () => {
    const { world, asked, overrides } = await startSharedWorld();
    world.clock.advance(40 * minuteMs);

    const { result } = await world.deliver({}, overrides);

    expect(result?.outcome).toBe('rotated');
    expect(asked).toEqual([]);
  });

  it('are not asked for if the host belongs to a tenant: they follow from it', async () => {
    const { world, asked, overrides } = await startSharedWorld();
    world.stored.configure({ authBaseUrl: world.provider.url, clientId: world.provider.clientId });
    const { provider } = world.effects;

    await world.rotate(
      {},
      { provider: { ...overrides.provider, requestToken: provider.requestToken } },
    );

    expect(asked).toEqual([]);
  });
});
