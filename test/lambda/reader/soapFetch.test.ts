import { closeAfterTest } from '../../support/closing';
import type { Script } from '../../support/scriptedServer';
import { startScriptedServer } from '../../support/scriptedServer';
import { prepareApi, prepareProvider, prepareReader, readsOf, tokenSet } from './readerWorld';

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const retrieve = '<RetrieveRequestMsg xmlns="http://exacttarget.com/wsdl/partnerAPI"/>';

const fault = (code: string, text: string) =>
  '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>' +
  `${code}<faultstring>${text}</faultstring></soap:Fault></soap:Body></soap:Envelope>`;
const securityFault = fault(
  `<faultcode xmlns:q0 = "${wsse}">q0:Security</faultcode>`,
  'Something about the login',
);

/** A SOAP interface that takes the token "two" alone, and refuses as the test says. */
async function prepareSoap(refuse: Script) {
  const { put, ...world } = await prepareApi((response, request) => {
    if (request.body.includes('<oAuthToken>legacy-two<')) response.end('<done/>');
    else refuse(response, request);
  });
  const { stored, clock, url } = world;
  const publish = (mark: string) =>
    stored.put(tokenSet(mark, clock.now(), { soapBaseUrl: `${url}/Service.asmx` }));
  publish('one');
  await world.reader.get();
  return { ...world, publish };
}

const refusingWith =
  (status: number, body: string): Script =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);

it('sends the body in an envelope with the legacy token to soapBaseUrl', async () => {
  const { publish, reader, received } = await prepareSoap(refusingWith(500, ''));
  publish('two');
  await reader.get({ fresh: true });

  const response = await reader.soapFetch('Retrieve', retrieve, { headers: { 'x-mark': 'kept' } });

  expect(await response.text()).toBe('<done/>');
  expect(received).toMatchObject([
    {
      method: 'POST',
      url: '/Service.asmx',
      headers: {
        soapaction: 'Retrieve',
        'content-type': 'text/xml; charset=utf-8',
        'x-mark': 'kept',
      },
      body: expect.stringMatching(
        /^<soap:Envelope [^>]+><soap:Header><wsse:Security.+<\/soap:Header><soap:Body><RetrieveRequestMsg [^>]+><\/soap:Body><\/soap:Envelope>$/,
      ),
    },
  ]);
});

describe('a refused token', () => {
  it.each([
    ['a fault of the code Security', 500, securityFault],
    ['an expired token', 500, fault('<faultcode>soap:Client</faultcode>', 'Token Expired')],
    ['a failed login', 500, fault('<faultcode>soap:Client</faultcode>', '\n  Login Failed')],
    ['a 401', 401, ''],
  ])('is followed by one read and one repetition: %s', async (_, status, body) => {
    const { aws, publish, reader, received } = await prepareSoap(refusingWith(status, body));
    publish('two');

    const response = await reader.soapFetch('Retrieve', retrieve);

    expect(await response.text()).toBe('<done/>');
    expect(received).toHaveLength(2);
    expect(readsOf(aws)).toBe(2);
  });

  it('that stays refused is returned with its fault: nothing is repeated twice', async () => {
    const { aws, reader, received } = await prepareSoap(refusingWith(500, securityFault));

    const response = await reader.soapFetch('Retrieve', retrieve);

    expect([response.status, await response.text()]).toEqual([500, securityFault]);
    expect(received).toHaveLength(2);
    expect(readsOf(aws)).toBe(2);
  });

  it('is returned with its fault when the secret cannot be read', async () => {
    const { aws, reader, received } = await prepareSoap(refusingWith(500, securityFault));
    aws.orderFault({ kind: 'unavailable' });

    const response = await reader.soapFetch('Retrieve', retrieve);

    expect([response.status, await response.text()]).toEqual([500, securityFault]);
    expect(received).toHaveLength(1);
  });

  it('of many calls at once makes one read', async () => {
    const { aws, publish, reader } = await prepareSoap(refusingWith(500, securityFault));
    publish('two');

    const all = await Promise.all(
      Array.from({ length: 40 }, () => reader.soapFetch('Retrieve', retrieve)),
    );

    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(readsOf(aws)).toBe(2);
  });

  it('is recognised in what the provider answers', async () => {
    const { aws, provider, reader, rotate, statuses } = await prepareProvider();
    await reader.get();
    rotate();

    const { status } = await reader.soapFetch('Retrieve', retrieve);

    expect(status).toBe(200);
    expect(provider.requests).toHaveLength(2);
    expect(statuses()).toEqual([500, 200]);
    expect(readsOf(aws)).toBe(2);
  });
});

it.each([
  ['a server fault', 500, fault('<faultcode>soap:Server</faultcode>', 'Unplanned Outage')],
  ['an outage', 503, '<html>Security</html>'],
  ['a client fault', 500, fault('<faultcode>soap:Client</faultcode>', 'Not Authorized')],
])('does not repeat what no other token would change: %s', async (_, status, body) => {
  const { aws, reader, received } = await prepareSoap(refusingWith(status, body));

  const response = await reader.soapFetch('Retrieve', retrieve);

  expect([response.status, await response.text()]).toEqual([status, body]);
  expect(received).toHaveLength(1);
  expect(readsOf(aws)).toBe(1);
});

it('follows no redirect, which would carry the token to another host', async () => {
  const other = await startScriptedServer();
  const { reader } = await prepareSoap((response) =>
    response.writeHead(307, { location: `${other.url}/elsewhere` }).end(),
  );

  const response = await reader.soapFetch('Retrieve', retrieve);

  expect(response.status).toBe(307);
  expect(other.received).toEqual([]);
});

it('ends when its signal aborts', async () => {
  const stop = new AbortController();
  const { reader } = await prepareSoap(() => stop.abort(new Error('stop')));

  const call = reader.soapFetch('Retrieve', retrieve, { signal: stop.signal });

  await expect(call).rejects.toThrow('stop');
});

describe('the SOAP base', () => {
  it.each([
    ['https://mc-1.soap.marketingcloudapis.com/Service.asmx', true],
    ['https://webservice.exacttarget.com/Service.asmx', true],
    ['https://webservice.s7.exacttarget.com/Service.asmx', true],
    ['http://127.0.0.1:4567/Service.asmx', true],
    ['https://mc.soap.marketingcloudapis.com.example.com/Service.asmx', false],
    ['http://mc.soap.marketingcloudapis.com/Service.asmx', false],
    ['https://user@mc.soap.marketingcloudapis.com/Service.asmx', false],
    ['https://webservice.example.com/Service.asmx', false],
    ['https://example.com/Service.asmx', false],
    [undefined, false],
  ])('%s: %j', async (soapBaseUrl, isTaken) => {
    const { clock, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now(), { soapBaseUrl }));
    const sent = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response());
    closeAfterTest(() => sent.mockRestore());

    const outcome = await reader
      .soapFetch('Retrieve', retrieve)
      .catch(({ code, connection }) => [code, connection]);

    expect(outcome).toEqual(isTaken ? expect.any(Response) : ['NoSoapBaseUrl', 'acme']);
    expect(sent.mock.calls.map(([url]) => url)).toEqual(isTaken ? [soapBaseUrl] : []);
  });
});

it('without a legacy token names the connection', async () => {
  const { clock, stored, reader } = await prepareReader();
  const soapBaseUrl = 'https://mc-1.soap.marketingcloudapis.com/Service.asmx';
  stored.put(tokenSet('one', clock.now(), { soapBaseUrl, legacyToken: undefined }));

  await expect(reader.soapFetch('Retrieve', retrieve)).rejects.toMatchObject({
    code: 'NoLegacyToken',
    connection: 'acme',
    message: expect.stringContaining('Connection "acme": the token set has no legacyToken'),
  });
});

it('is sent by the fetch that the reader is given', async () => {
  const sent: string[] = [];
  const { clock, stored, reader } = await prepareReader({
    fetch: async (url) => {
      sent.push(String(url));
      return new Response();
    },
  });
  const soapBaseUrl = 'https://mc-1.soap.marketingcloudapis.com/Service.asmx';
  stored.put(tokenSet('one', clock.now(), { soapBaseUrl }));

  await reader.soapFetch('Retrieve', retrieve);
  await reader.fetch('/data');

  expect(sent).toEqual([soapBaseUrl, 'https://tenant.rest.marketingcloudapis.com/data']);
});
