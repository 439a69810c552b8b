import fc from 'fast-check';
import {
  apiBaseUrls,
  isOfSameTenant,
  isRestBaseUrl,
  parseAuthBaseUrl,
  parseRestBaseUrl,
  parseSoapBaseUrl,
} from '../../../lambda/core/hosts';

const tenant = 'https://mc-sub1.auth.marketingcloudapis.com';
const loopback = 'http://127.0.0.1:8080';

const neverAllowed = [
  ['http', 'http://mc-sub1.auth.marketingcloudapis.com'],
  ['another scheme', 'ftp://auth.exacttargetapis.com'],
  ['no scheme', 'mc-sub1.auth.marketingcloudapis.com'],
  ['a path', `${tenant}/v2`],
  ['a user', 'https://me@mc-sub1.auth.marketingcloudapis.com'],
  ['a user and password', 'https://me:pw@auth.exacttargetapis.com'],
  ['a list host as the user of another', 'https://auth.exacttargetapis.com@evil.com'],
  ['a port', `${tenant}:8443`],
  ['the default port', `${tenant}:443`],
  ['a query', `${tenant}?a=1`],
  ['a fragment', `${tenant}#a`],
  ['white space within', 'https://mc- sub1.auth.marketingcloudapis.com'],
  ['a backslash', 'https://auth.exacttargetapis.com\\@evil.com'],
  ['a host that ends otherwise', 'https://auth.marketingcloudapis.com.evil.com'],
  ['a tenant host that ends otherwise', `${tenant}.evil.com`],
  ['a host that only ends alike', 'https://evilauth.marketingcloudapis.com'],
  ['a shared host that only ends alike', 'https://evil-auth.exacttargetapis.com'],
  ['a subdomain of a shared host', 'https://a.auth.exacttargetapis.com'],
  ['any character for a dot', 'https://mc-sub1xauth.marketingcloudapis.com'],
  ['any character for a later dot', 'https://mc-sub1.authxmarketingcloudapis.com'],
  ['any character for the last dot', 'https://mc-sub1.auth.marketingcloudapisxcom'],
  ['no tenant', 'https://auth.marketingcloudapis.com'],
  ['an empty tenant', 'https://.auth.marketingcloudapis.com'],
  ['a nested tenant', 'https://a.b.auth.marketingcloudapis.com'],
  ['a tenant that ends in a hyphen', 'https://a-.auth.marketingcloudapis.com'],
  ['a trailing dot', `${tenant}.`],
  ['the REST host', 'https://mc-sub1.rest.marketingcloudapis.com'],
  ['a host of the list behind another', `https://evil.com/${tenant}`],
  ['loopback behind another', `https://evil.com/${loopback}`],
  ['a port inside the host', 'https://mc-sub1:443.auth.marketingcloudapis.com'],
  ['two hosts', `${tenant} https://evil.com`],
  ['nothing', ''],
  ['loopback by https', 'https://127.0.0.1:8080'],
  ['loopback by name', 'http://localhost:8080'],
  ['loopback without a port', 'http://127.0.0.1'],
  ['loopback with a path', `${loopback}/v1`],
  ['loopback with a user', 'http://me@127.0.0.1:8080'],
  ['loopback as a user', `${loopback}@evil.com`],
  ['loopback with a query', `${loopback}?a`],
  ['loopback by IPv6', 'http://[::1]:8080'],
  ['another address of the loopback net', 'http://127.0.0.2:8080'],
  ['every address', 'http://0.0.0.0:8080'],
  ['a host that begins like loopback', 'http://127.0.0.1.evil.com:8080'],
  ["the cloud's metadata address", 'http://169.254.169.254:80'],
] as const;

describe('parseAuthBaseUrl', () => {
  it.each([
    tenant,
    'https://a.auth.marketingcloudapis.com',
    'https://auth.exacttargetapis.com',
    'https://auth-test.exacttargetapis.com',
  ])('takes %s, as hands write it: with slashes or blanks around it, in any case', (url) => {
    const written = [url, `${url}/`, `${url}//`, url.toUpperCase(), ` ${url}`, `\uFEFF${url}\r\n`];

    expect(written.map((text) => parseAuthBaseUrl(text))).toEqual(written.map(() => url));
  });

  it.each(neverAllowed)('refuses %s: %j', (_, url) => {
    expect(parseAuthBaseUrl(url)).toBeUndefined();
    expect(parseAuthBaseUrl(url, { allowLoopback: true })).toBeUndefined();
  });

  it('takes loopback only under its switch', () => {
    expect(parseAuthBaseUrl(loopback)).toBeUndefined();
    expect(parseAuthBaseUrl(loopback, { allowLoopback: false })).toBeUndefined();
    expect(parseAuthBaseUrl(loopback, { allowLoopback: true })).toBe(loopback);
  });

  it('gives an origin of the provider, which a URL parser reads in the same way, or nothing', () => {
    const piece = fc.constantFrom(
      ...['https://', 'http://', 'a', 'A-1', '.', 'auth', '.auth', '.marketingcloudapis.com'],
      ...['auth.exacttargetapis.com', 'evil.com', '@', ':443', '/', '\\', '?', '#', '%2e', ' '],
    );
    const composed = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    const near = composed.map((text) => `https://a.auth.marketingcloudapis.com${text}`);

    fc.assert(
      fc.property(fc.oneof(composed, near), (text) => {
        const origin = parseAuthBaseUrl(text);
        if (origin === undefined) return;
        const { origin: read, hostname, pathname, search, hash } = new URL(text);
        expect({ read, search, hash }).toEqual({ read: origin, search: '', hash: '' });
        expect(pathname).toMatch(/^\/+$/);
        expect(hostname).toMatch(
          /^([^.]+\.auth\.marketingcloudapis\.com|auth(-test)?\.exacttargetapis\.com)$/,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('apiBaseUrls', () => {
  it("gives a tenant's REST and SOAP hosts", () => {
    expect(apiBaseUrls(tenant)).toEqual({
      restBaseUrl: 'https://mc-sub1.rest.marketingcloudapis.com',
      soapBaseUrl: 'https://mc-sub1.soap.marketingcloudapis.com/Service.asmx',
    });
  });

  it('finds both on the loopback provider itself', () => {
    expect(apiBaseUrls(loopback)).toEqual({
      restBaseUrl: loopback,
      soapBaseUrl: `${loopback}/Service.asmx`,
    });
  });

  it('knows the REST host of the stacks S1 to S10; their SOAP hosts differ', () => {
    expect(apiBaseUrls('https://auth.exacttargetapis.com')).toEqual({
      restBaseUrl: 'https://www.exacttargetapis.com',
    });
  });

  it.each(['https://auth-test.exacttargetapis.com', 'https://evil.com', ''])(
    'knows none of %j',
    (url) => {
      expect(apiBaseUrls(url)).toEqual({});
    },
  );
});

describe('isRestBaseUrl', () => {
  const restBaseUrl = 'https://mc-sub1.rest.marketingcloudapis.com';

  it("knows a tenant's REST host", () => {
    expect(isRestBaseUrl(restBaseUrl, { allowLoopback: false })).toBe(true);
    expect(isRestBaseUrl('https://a.rest.marketingcloudapis.com', { allowLoopback: false })).toBe(
      true,
    );
    expect(isRestBaseUrl(apiBaseUrls(tenant).restBaseUrl ?? '', { allowLoopback: false })).toBe(
      true,
    );
  });

  it('knows loopback only under its switch', () => {
    expect(isRestBaseUrl(loopback, { allowLoopback: true })).toBe(true);
    expect(isRestBaseUrl(loopback, { allowLoopback: false })).toBe(false);
  });

  it.each([
    ['http', 'http://mc-sub1.rest.marketingcloudapis.com'],
    ['a path', `${restBaseUrl}/v1`],
    ['a trailing slash', `${restBaseUrl}/`],
    ['a port', `${restBaseUrl}:443`],
    ['a user', 'https://me@mc-sub1.rest.marketingcloudapis.com'],
    ['a query', `${restBaseUrl}?a`],
    ['a host that ends otherwise', `${restBaseUrl}.evil.com`],
    ['a host that only ends alike', 'https://evilrest.marketingcloudapis.com'],
    ['any character for a dot', 'https://mc-sub1xrest.marketingcloudapis.com'],
    ['any character for a later dot', 'https://mc-sub1.restxmarketingcloudapis.com'],
    ['any character for the last dot', 'https://mc-sub1.rest.marketingcloudapisxcom'],
    ['a nested tenant', 'https://a.b.rest.marketingcloudapis.com'],
    ['a host of the list behind another', `https://evil.com/${restBaseUrl}`],
    ['the token endpoint', tenant],
    ['loopback behind another', `https://evil.com/${loopback}`],
    ['loopback with a path', `${loopback}/v1`],
    ['nothing', ''],
  ])('refuses %s: %j', (_, url) => {
    expect(isRestBaseUrl(url, { allowLoopback: true })).toBe(false);
  });
});

describe('parseRestBaseUrl', () => {
  const shared = 'https://www.exacttargetapis.com';

  it('takes the address of a login, with its slash, in any case', () => {
    const parse = (text: string) => parseRestBaseUrl(text, { allowLoopback: false });

    expect(parse(`${shared}/`)).toBe(shared);
    expect(parse(' HTTPS://WWW.ExactTargetApis.com ')).toBe(shared);
    expect(parse('https://a.rest.marketingcloudapis.com/')).toBe(
      'https://a.rest.marketingcloudapis.com',
    );
  });

  it('takes loopback only under its switch', () => {
    expect(parseRestBaseUrl(`${loopback}/`, { allowLoopback: true })).toBe(loopback);
    expect(parseRestBaseUrl(loopback, { allowLoopback: false })).toBeUndefined();
  });

  it.each([
    'https://www.exacttargetapis.com.evil.com',
    'https://evil.com/https://www.exacttargetapis.com',
    'https://wwwxexacttargetapis.com',
    'http://www.exacttargetapis.com',
    'https://auth.exacttargetapis.com',
    'https://a.rest.marketingcloudapis.com/v1',
    '',
  ])('refuses %j', (url) => {
    expect(parseRestBaseUrl(url, { allowLoopback: true })).toBeUndefined();
  });
});

describe('parseSoapBaseUrl', () => {
  it.each([
    'https://mc-sub1.soap.marketingcloudapis.com/Service.asmx',
    'https://a.soap.marketingcloudapis.com/service.asmx',
    'https://webservice.exacttarget.com/Service.asmx',
    'https://webservice.s10.exacttarget.com/Service.asmx',
    'https://webservice.test.exacttarget.com/Service.asmx',
  ])('takes %s', (url) => {
    expect(parseSoapBaseUrl(url, { allowLoopback: false })).toBe(url);
    expect(parseSoapBaseUrl(` ${url}\n`, { allowLoopback: false })).toBe(url);
  });

  it.each([
    'https://mc-sub1.soap.marketingcloudapis.com',
    'https://mc-sub1.soap.marketingcloudapis.com/',
    'https://webservice.s7.exacttarget.com/',
  ])("adds the interface's path to a host alone: %s", (host) => {
    const url = `${host.replace(/\/$/, '')}/Service.asmx`;

    expect(parseSoapBaseUrl(host, { allowLoopback: false })).toBe(url);
    expect(parseSoapBaseUrl(`${url}/`, { allowLoopback: false })).toBe(url);
  });

  it('takes that of loopback only under its switch', () => {
    const soap = apiBaseUrls(loopback).soapBaseUrl ?? '';

    expect(parseSoapBaseUrl(soap, { allowLoopback: true })).toBe(soap);
    expect(parseSoapBaseUrl(soap, { allowLoopback: false })).toBeUndefined();
  });

  it.each([
    ['http', 'http://a.soap.marketingcloudapis.com/Service.asmx'],
    ['another path', 'https://a.soap.marketingcloudapis.com/Other.asmx'],
    ['a path before', 'https://a.soap.marketingcloudapis.com/evil/Service.asmx'],
    ['a path behind on loopback', 'http://127.0.0.1:80/Service.asmx80'],
    ['a path behind', 'https://a.soap.marketingcloudapis.com/Service.asmx/evil'],
    ['a query', 'https://a.soap.marketingcloudapis.com/Service.asmx?wsdl'],
    ['a port', 'https://a.soap.marketingcloudapis.com:8443/Service.asmx'],
    ['a user', 'https://me@a.soap.marketingcloudapis.com/Service.asmx'],
    ['the REST host', 'https://a.rest.marketingcloudapis.com/Service.asmx'],
    ['a nested tenant', 'https://a.b.soap.marketingcloudapis.com/Service.asmx'],
    ['any character for a dot', 'https://a.soapxmarketingcloudapis.com/Service.asmx'],
    ['any character for the path', 'https://a.soap.marketingcloudapis.com/Servicexasmx'],
    [
      'a tenant host behind another',
      'https://evil.com/https://a.soap.marketingcloudapis.com/Service.asmx',
    ],
    ['another shared host', 'https://evil.exacttarget.com/Service.asmx'],
    [
      'a shared host that ends otherwise',
      'https://webservice.exacttarget.com.evil.com/Service.asmx',
    ],
    ['a shared host that only begins alike', 'https://webservicexexacttarget.com/Service.asmx'],
    ['a shared host nested twice', 'https://webservice.a.b.exacttarget.com/Service.asmx'],
    [
      'a shared host behind another',
      'https://evil.com/https://webservice.exacttarget.com/Service.asmx',
    ],
    ['a path behind a shared host', 'https://webservice.exacttarget.com/Service.asmx/evil'],
    ['loopback with another path', 'http://127.0.0.1:8080/evil'],
    ['loopback with a path behind', 'http://127.0.0.1:8080/Service.asmx/evil'],
    ['loopback behind another', 'http://evil.com/http://127.0.0.1:8080/Service.asmx'],
    ['nothing', ''],
  ])('refuses %s: %j', (_, url) => {
    expect(parseSoapBaseUrl(url, { allowLoopback: true })).toBeUndefined();
  });
});

describe("a login's JWT can belong to a connection", () => {
  const shared = 'https://auth.exacttargetapis.com';
  const sandbox = 'https://auth-test.exacttargetapis.com';

  it.each([
    ['https://mc-sub1.auth.marketingcloudapis.com/v1/requestToken'],
    ['https://mc-sub1.rest.marketingcloudapis.com/'],
    ['https://mc-sub1.soap.marketingcloudapis.com'],
    [' https://MC-SUB1.auth.marketingcloudapis.com'],
    ['https://www.exacttargetapis.com/'],
    ['https://auth.exacttargetapis.com/v1/requestToken?legacy=1'],
    ['not an address'],
    ['https://nested.other.auth.marketingcloudapis.com'],
    ['https://other.auth.marketingcloudapis.com.elsewhere.com'],
    [''],
  ])('of its tenant if it names %j', (address) => {
    expect(isOfSameTenant(tenant, address)).toBe(true);
  });

  it.each([
    ['https://other.auth.marketingcloudapis.com/v1/requestToken'],
    ['https://mc-sub.rest.marketingcloudapis.com/'],
    ['https://mc-sub12.soap.marketingcloudapis.com'],
    [' https://OTHER.rest.marketingcloudapis.com'],
    ['https://other.auth.marketingcloudapis.com:443/v1/requestToken'],
    ['https://other.auth.marketingcloudapis.com?legacy=1'],
    ['https://other.auth.marketingcloudapis.com.'],
    ['http://other.auth.marketingcloudapis.com'],
    ['other.auth.marketingcloudapis.com/v1/requestToken'],
    [' other.auth.marketingcloudapis.com'],
  ])('but not of its tenant if it names %j', (address) => {
    expect(isOfSameTenant(tenant, address)).toBe(false);
    expect(isOfSameTenant(shared, address)).toBe(true);
  });

  it.each([
    [sandbox, 'https://auth.exacttargetapis.com/v1/requestToken'],
    [shared, 'https://auth-test.exacttargetapis.com/v1/requestToken'],
    [shared, ' AUTH-TEST.exacttargetapis.com'],
  ])('and not at %s if it names the other of the shared hosts, %j', (authBaseUrl, address) => {
    expect(isOfSameTenant(authBaseUrl, address)).toBe(false);
    expect(isOfSameTenant(tenant, address)).toBe(true);
  });

  it.each([shared, sandbox])('at the shared host %s if it names that one', (authBaseUrl) => {
    expect(isOfSameTenant(authBaseUrl, `${authBaseUrl}/v1/requestToken`)).toBe(true);
    expect(isOfSameTenant(authBaseUrl, 'https://www.exacttargetapis.com/')).toBe(true);
  });
});
