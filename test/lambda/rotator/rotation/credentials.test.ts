import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

/** Lets the stored client secret expire; a staged one, ready for use, stands at the provider. */
async function startWithExpiredSecret(): Promise<LocalWorld> {
  const world = await startDueWorld();
  const { clientSecrets } = world.provider.model;
  clientSecrets.stage('staged-secret', world.clock.now() - 10 * minuteMs);
  clientSecrets.expire(world.provider.clientSecret);
  return world;
}

/** Token requests since the start: with a refresh token, or just about the credentials. */
const sent = (world: LocalWorld) =>
  world.tokenRequests().map(({ hadRefreshToken }) => (hadRefreshToken ? 'refresh' : 'probe'));

describe('a client secret that the provider refuses', () => {
  it('is not taken for a dead chain, and no refresh token is given up for it', async () => {
    const world = await startWithExpiredSecret();

    await expect(world.rotate()).rejects.toMatchObject({
      code: 'CredentialsRejected',
      message: expect.stringMatching(
        /^Connection "acme": Marketing Cloud refuses the client secret in \/sfmc\/acme\/client-secret for the clientId in \/sfmc\/acme\/config: HTTP 401, errorcode 1 .*\. No refresh token was lost\. Store the package's present client secret: npm run ops -- stage-secret acme/,
      ),
    });

    expect(sent(world)).toEqual(['refresh', 'probe']);
    expect(world.chainState()).toEqual(whole);
  });

  it('is asked about before a token is sent again, by the same environment', async () => {
    const world = await startWithExpiredSecret();
    await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });
    const before = sent(world).length;

    await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });

    expect(sent(world).slice(before)).toEqual(['probe']);
  });

  it('is replaced by the present one at the next invocation', async () => {
    const world = await startWithExpiredSecret();
    await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });
    const before = sent(world).length;
    world.stored.putParameter('client-secret', 'staged-secret');

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(sent(world).slice(before)).toEqual(['refresh']);
    expect(world.chainState()).toEqual(whole);
  });

  it('keeps no invocation waiting for longer than a token sent before could be had again', async () => {
    const world = await startWithExpiredSecret();
    const sentAtMs = world.clock.now();
    const tookMs = async (receiveCount: number) => {
      const beganAtMs = world.clock.now();
      const delivered = world.rotate({ receiveCount, sentAtMs });
      await expect(delivered).rejects.toMatchObject({ code: 'CredentialsRejected' });
      const ms = world.clock.now() - beganAtMs;
      world.clock.advance(minuteMs - ms);
      return ms;
    };
    await tookMs(1);
    world.startNewEnvironment();

    const took: number[] = [];
    for (let receiveCount = 2; receiveCount <= 9; receiveCount++) {
      took.push(await tookMs(receiveCount));
    }

    expect(Math.min(...took.slice(0, 5))).toBeGreaterThan(20_000);
    expect(Math.max(...took.slice(5))).toBeLessThan(5_000);
  });

  it('within an invocation that it was accepted in says nothing of the refresh token', async () => {
    const world = await startDueWorld();
    const { clientSecrets } = world.provider.model;
    clientSecrets.stage('staged-secret', world.clock.now() - 10 * minuteMs);
    world.stored.putParameter('client-secret-next', 'staged-secret');
    world.provider.orderFault({ kind: 'dropAfter' });
    const { provider } = world.effects;
    let requests = 0;
    const expiring: typeof provider = {
      ...provider,
      async requestToken(...request) {
        requests += 1;
        if (requests === 3) clientSecrets.expire(world.provider.clientSecret);
        return provider.requestToken(...request);
      },
    };

    const result = await world.rotate({}, { provider: expiring });

    expect(result.outcome).toBe('rotated');
    expect(sent(world)).toEqual(['refresh', 'refresh', 'refresh', 'probe', 'refresh']);
    expect(world.chainState()).toEqual(whole);
  });

  it('that works again is taken up again', async () => {
    const world = await startDueWorld();
    world.stored.putParameter('client-secret', 'a typing error');
    await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });
    world.stored.putParameter('client-secret', world.provider.clientSecret);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});

describe('the staged client secret', () => {
  const stagedWarning = 'The staged client secret is in use, since the first one is refused';

  it('is tried when the first is refused, with a warning that names the remedy', async () => {
    const world = await startWithExpiredSecret();
    world.stored.putParameter('client-secret-next', 'staged-secret');

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(sent(world)).toEqual(['refresh', 'probe', 'probe', 'refresh']);
    expect(world.telemetry.lines).toContainEqual({
      level: 'warn',
      message: stagedWarning,
      fields: {
        remedy: 'Write the value of /sfmc/acme/client-secret-next to /sfmc/acme/client-secret',
      },
    });
    expect(world.telemetry.counted).toEqual(['StagedSecretUsed', 'Rotated']);
    expect(world.chainState()).toEqual(whole);
  });

  it('comes first from then on in the same environment, which makes four calls again', async () => {
    const world = await startWithExpiredSecret();
    world.stored.putParameter('client-secret-next', 'staged-secret');
    await world.rotate();
    world.clock.advance(25 * minuteMs);
    world.clearRequests();

    await world.rotate();

    expect(world.requests).toHaveLength(4);
    expect(world.telemetry.warnings()).toContain(stagedWarning);
    expect(world.chainState()).toEqual(whole);
  });

  it('is left alone while the first is accepted', async () => {
    const world = await startDueWorld();
    world.stored.putParameter('client-secret-next', 'staged-secret');

    await world.rotate();

    expect(sent(world)).toEqual(['refresh']);
    expect(world.telemetry.warnings()).toEqual([]);
  });

  it('may be refused as well: then both are named', async () => {
    const world = await startWithExpiredSecret();
    world.stored.putParameter('client-secret-next', 'another-secret');

    await expect(world.rotate()).rejects.toMatchObject({
      code: 'CredentialsRejected',
      message: expect.stringContaining(
        'refuses the client secrets in /sfmc/acme/client-secret and /sfmc/acme/client-secret-next',
      ),
    });

    expect(sent(world)).toEqual(['refresh', 'probe', 'probe']);
    expect(world.chainState()).toEqual(whole);
  });

  it('is tried together with the chain: both may be broken', async () => {
    const world = await startWithExpiredSecret();
    world.stored.putParameter('client-secret-next', 'staged-secret');
    world.provider.model.revokeChain(world.provider.refreshToken);

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
  });
});

it('doubts no client secret any more once the package is another one', async () => {
  const world = await startDueWorld();
  const { url: authBaseUrl, clientId } = world.provider;
  world.stored.configure({ authBaseUrl, clientId: 'another' });
  await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });
  world.stored.configure({ authBaseUrl, clientId });
  const before = sent(world).length;

  const result = await world.rotate();

  expect(result.outcome).toBe('rotated');
  expect(sent(world).slice(before)).toEqual(['refresh']);
});

it('explains a 401 at the next invocation if the provider fails meanwhile', async () => {
  const world = await startWithExpiredSecret();
  // The first request gets its 401; the question about the credentials gets no answer.
  const { provider } = world.effects;
  let requests = 0;
  const failing: typeof provider = {
    ...provider,
    requestToken: (request, timeoutMs) =>
      requests++ === 0
        ? provider.requestToken(request, timeoutMs)
        : Promise.resolve({ kind: 'noResponse', reason: 'no answer' }),
  };
  await expect(world.rotate({}, { provider: failing })).rejects.toMatchObject({
    code: 'ProviderUnavailable',
  });
  const before = sent(world).length;

  await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });

  expect(sent(world).slice(before)).toEqual(['probe']);
});

it('asks about the credentials without beginning another chain', async () => {
  const world = await startDueWorld();
  world.provider.model.revokeChain(world.provider.refreshToken);
  const known = world.provider.model.refreshTokens().length;

  await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });

  expect(sent(world)).toContain('probe');
  expect(world.provider.model.refreshTokens()).toHaveLength(known);
});
