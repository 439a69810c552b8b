import { soapAuthHeader } from '../../../lambda/reader';
import { startProviderSimulator } from '../../../local/provider/server';
import { closeAfterTest } from '../../support/closing';

const oAuth = (token: string) =>
  `<oAuth xmlns="http://exacttarget.com"><oAuthToken>${token}</oAuthToken></oAuth>`;

it('puts the legacy token into <oAuth>, beside the user name of the FuelSDKs', () => {
  const header = soapAuthHeader({ legacyToken: 'legacy-one' });

  expect(header).toContain(oAuth('legacy-one'));
  expect(header).toContain('<wsse:Username>*</wsse:Username><wsse:Password>*</wsse:Password>');
});

it('escapes what XML would take for markup', () => {
  expect(soapAuthHeader({ legacyToken: '<a>&]]>' })).toContain(oAuth('&lt;a&gt;&amp;]]&gt;'));
});

it.each([{}, { legacyToken: '' }])('needs a legacy token (%j)', (tokens) => {
  expect(() => soapAuthHeader(tokens)).toThrow(expect.objectContaining({ code: 'NoLegacyToken' }));
});

it('is taken by the provider', async () => {
  const provider = await startProviderSimulator();
  closeAfterTest(() => provider.close());
  const { clientId, clientSecret, refreshToken, model, clock } = provider;
  const { body } = model.requestToken(
    { clientId, clientSecret, refreshToken, accessType: 'offline', legacy: true },
    clock.now(),
  );
  const { legacyToken } = body as { legacyToken: string };
  const soap = 'http://schemas.xmlsoap.org/soap/envelope/';

  const { status } = await fetch(`${provider.url}/Service.asmx`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body: `<s:Envelope xmlns:s="${soap}"><s:Header>${soapAuthHeader({ legacyToken })}</s:Header><s:Body/></s:Envelope>`,
  });

  expect(status).toBe(200);
});
