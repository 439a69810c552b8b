import { connectParameterStore } from '../../lambda/effects/parameterStore';
import { fetchProvider } from '../../lambda/effects/provider';
import { connectSecretStore } from '../../lambda/effects/secretStore';
import type { ProviderSimulatorOptions } from '../../local/provider/server';
import { recordedIds } from '../../local/world/recordedIds';
import { startServers } from '../../local/world/servers';
import { closeAfterTest } from './closing';
import { LocalWorld } from './localWorld';
import { rotatorEnvironment } from './rotatorEnvironment';
import { minuteMs, SimulatedClock } from './simulatedClock';
import { StoredConnection } from './storedConnection';
import { suspendTimeouts } from './timeouts';

/** Starts a world whose secret holds just the first refresh token. */
export async function startSeededWorld(
  options: Pick<ProviderSimulatorOptions, 'secondUse' | 'newTokenEndsPrevious'> = {},
): Promise<LocalWorld> {
  suspendTimeouts();
  const clock = new SimulatedClock();
  const { nextId, made } = recordedIds();
  const servers = await startServers({ now: clock.now, provider: { ...options, nextId } });
  closeAfterTest(servers.close);
  const { aws, provider } = servers;
  const stored = new StoredConnection(aws);
  stored.put({ refreshToken: provider.refreshToken });
  stored.configure({ authBaseUrl: provider.url, clientId: provider.clientId });
  stored.putParameter('client-secret', provider.clientSecret);

  const environment = rotatorEnvironment(aws.url);
  const parameterStore = connectParameterStore(environment);
  const world = new LocalWorld(clock, aws, provider, stored, {
    secretStore: connectSecretStore(environment),
    parameterStore: () => parameterStore,
    provider: fetchProvider,
    clock,
    entropy: { random: () => 0.5 },
  });
  closeAfterTest(() => {
    const said = world.said();
    // The client id is no secret.
    const [, ...secrets] = made;
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  });
  return world;
}

/** Starts a world that has rotated once and whose access token is due again, in a new container. */
export async function startDueWorld(
  options?: Parameters<typeof startSeededWorld>[0],
): Promise<LocalWorld> {
  const world = await startSeededWorld(options);
  const { clientId, clientSecret, refreshToken, model, url } = world.provider;
  const nowMs = world.clock.now();
  const request = { clientId, clientSecret, refreshToken, accessType: 'offline', legacy: true };
  const { status, body } = model.requestToken(request, nowMs);
  if (status !== 200) throw new Error('the first refresh was refused');
  const { expiresIn, ...tokens } = body;
  world.stored.put({
    ...tokens,
    issuedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + expiresIn * 1_000).toISOString(),
    restBaseUrl: url,
    soapBaseUrl: `${url}/Service.asmx`,
  });
  world.clock.advance(25 * minuteMs);
  return world;
}
