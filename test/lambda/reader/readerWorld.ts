import type { TokenReaderOptions } from '../../../lambda/reader';
import { createTokenReader, secretsManagerSource } from '../../../lambda/reader';
import { type AwsLocal, startAwsLocal } from '../../../local/aws/server';
import { startProviderSimulator } from '../../../local/provider/server';
import { connectClients } from '../../support/awsClients';
import { closeAfterTest } from '../../support/closing';
import { type Script, startScriptedServer } from '../../support/scriptedServer';
import { minuteMs, startMs } from '../../support/simulatedClock';
import { StoredConnection } from '../../support/storedConnection';

const connection = 'acme';

/** Time as `Date.now` gives it, standing still until the test moves it. */
export function simulateNow() {
  let nowMs = startMs;
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
  closeAfterTest(() => spy.mockRestore());
  return {
    now: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
}

/** Time limits end after this long, whatever is asked for: what that was is returned. */
export function shortenTimeouts(toMs: number): readonly number[] {
  const asked: number[] = [];
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const spy = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    asked.push(ms);
    return timeout(toMs);
  });
  closeAfterTest(() => spy.mockRestore());
  return asked;
}

/** A token set of marked tokens, as the rotator stores it. */
export function tokenSet(mark: string, issuedAtMs: number, members: object = {}) {
  return {
    accessToken: `access-${mark}`,
    legacyToken: `legacy-${mark}`,
    refreshToken: `refresh-${mark}`,
    issuedAt: new Date(issuedAtMs).toISOString(),
    expiresAt: new Date(issuedAtMs + 60 * minuteMs).toISOString(),
    restBaseUrl: 'https://tenant.rest.marketingcloudapis.com',
    ...members,
  };
}

export const readsOf = ({ calls }: AwsLocal) =>
  calls.filter(({ operation }) => operation === 'GetSecretValue').length;

/** A reader of one connection whose secret holds what the test puts there. */
export async function prepareReader(options: Partial<TokenReaderOptions> = {}) {
  const clock = simulateNow();
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  const stored = new StoredConnection(aws, connection);
  const { secretsManager } = connectClients(aws.url);
  const source = secretsManagerSource({ client: secretsManager });
  const reader = createTokenReader({ connection, source, ...options });
  return { clock, aws, stored, source, reader };
}

/** A connection at the provider, whose access token ends as soon as there is a newer one. */
export async function prepareProvider() {
  const world = await prepareReader();
  const { clock, stored } = world;
  const provider = await startProviderSimulator({ newTokenEndsPrevious: true });
  closeAfterTest(() => provider.close());
  const { clientId, clientSecret, model, url } = provider;
  let { refreshToken } = provider;
  const rotate = ({ publish = true } = {}) => {
    const request = { clientId, clientSecret, refreshToken, accessType: 'offline', legacy: true };
    const { body } = model.requestToken(request, clock.now());
    const { expiresIn: _, ...tokens } = body as { expiresIn: number; refreshToken: string };
    refreshToken = tokens.refreshToken;
    const urls = { restBaseUrl: url, soapBaseUrl: `${url}/Service.asmx` };
    if (publish) stored.put(tokenSet('', clock.now(), { ...tokens, ...urls }));
  };
  rotate();
  return { ...world, provider, rotate, statuses: () => provider.requests.map((r) => r.status) };
}

/** A connection whose REST interface answers as the test says. */
export async function prepareApi(script?: Script) {
  const world = await prepareReader();
  const api = await startScriptedServer(script);
  const put = (mark: string) =>
    world.stored.put(tokenSet(mark, world.clock.now(), { restBaseUrl: api.url }));
  put('one');
  return { ...world, ...api, put };
}

export const refusing: Script = (response) => response.writeHead(401).end('refused');
