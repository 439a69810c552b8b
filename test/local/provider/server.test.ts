import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type ProviderSimulator, startProviderSimulator } from '../../../local/provider/server';
import { minuteMs, refresh, sendHeadOnly, startMs, stateOfSeed, withSimulator } from './support';

interface Grant {
  accessToken: string;
  legacyToken: string;
  refreshToken: string;
}

async function grantOf(simulator: ProviderSimulator): Promise<Grant> {
  return (await refresh(simulator)).json() as Promise<Grant>;
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('POST /v1/requestToken', () => {
  it('trades the seeded refresh token for a token set', () =>
    withSimulator(async (simulator) => {
      const response = await refresh(simulator);

      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        accessToken: expect.any(String),
        legacyToken: expect.any(String),
        refreshToken: expect.any(String),
        expiresIn: 3600,
      });
    }));

  it('leaves the legacy token out without legacy=1', () =>
    withSimulator(async ({ url, clientId, clientSecret }) => {
      const response = await fetch(`${url}/v1/requestToken`, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ clientId, clientSecret }),
      });

      expect(await response.json()).toEqual({ accessToken: expect.any(String), expiresIn: 3600 });
    }));

  it('refuses wrong credentials with 401', () =>
    withSimulator(async (simulator) => {
      const response = await refresh(simulator, { clientSecret: 'wrong' });

      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        message: 'Unauthorized',
        errorcode: 1,
        documentation: '',
      });
    }));

  it.each(['not JSON', '[]', '{"clientId":1,"clientSecret":"x"}', '{}'])(
    'refuses the body %p with 400',
    (body) =>
      withSimulator(async (simulator) => {
        expect((await refresh(simulator, {}, { body })).status).toBe(400);
      }),
  );

  it('refuses another content type with 415 and consumes nothing', () =>
    withSimulator(async (simulator) => {
      const headers = { 'content-type': 'text/plain' };

      expect((await refresh(simulator, {}, { headers })).status).toBe(415);
      expect(stateOfSeed(simulator)).toBe('unused');
    }));

  it.each([
    ['POST', '/v2/token'],
    ['GET', '/v1/requestToken'],
    ['POST', '/'],
  ])('answers %s %s with 404', (method, path) =>
    withSimulator(async ({ url }) => {
      expect((await fetch(url + path, { method })).status).toBe(404);
    }),
  );

  it('counts the five minutes on its own clock', () =>
    withSimulator(async (simulator) => {
      await refresh(simulator);

      simulator.clock.advance(5 * minuteMs - 1);
      expect((await refresh(simulator)).status).toBe(200);
      simulator.clock.advance(1);
      expect((await refresh(simulator)).status).toBe(401);
    }));

  it.each([
    ['same-successor', true],
    ['another-successor', false],
  ] as const)('follows the second-use setting %s', (secondUse, isSame) =>
    withSimulator(async (simulator) => {
      simulator.setSecondUse(secondUse);

      const [first, second] = [await grantOf(simulator), await grantOf(simulator)];

      expect(first.refreshToken === second.refreshToken).toBe(isSame);
    }),
  );

  it('adds the latency asked for', () =>
    withSimulator(
      async (simulator) => {
        const startedMs = performance.now();

        await refresh(simulator);

        expect(performance.now() - startedMs).toBeGreaterThanOrEqual(29);
      },
      { latencyMs: 30 },
    ));
});

it.each([
  ['reuseWindowMs', 401],
  ['accessTokenLifeMs', 200],
] as const)('counts %s from its option', (option, secondStatus) =>
  withSimulator(
    async (simulator) => {
      const { accessToken } = await grantOf(simulator);

      simulator.clock.advance(3_000);

      expect((await refresh(simulator)).status).toBe(secondStatus);
      const { status } = await fetch(
        `${simulator.url}/platform/v1/tokenContext`,
        bearer(accessToken),
      );
      expect(status).toBe(option === 'accessTokenLifeMs' ? 401 : 202);
    },
    { [option]: 3_000 },
  ),
);

describe('GET /platform/v1/tokenContext', () => {
  it('answers 202 until the access token expires on the simulated clock, then 401', () =>
    withSimulator(async (simulator) => {
      const { accessToken } = await grantOf(simulator);
      const ask = () => fetch(`${simulator.url}/platform/v1/tokenContext`, bearer(accessToken));

      const live = await ask();
      simulator.clock.advance(60 * minuteMs);
      const expired = await ask();

      expect(live.status).toBe(202);
      expect(await live.json()).toMatchObject({ user: { context: 'user' } });
      expect(expired.status).toBe(401);
    }));

  it.each([{}, bearer('never-issued'), { headers: { authorization: 'Basic x' } }])(
    'answers 401 to %p',
    (init) =>
      withSimulator(async ({ url }) => {
        expect((await fetch(`${url}/platform/v1/tokenContext`, init)).status).toBe(401);
      }),
  );
});

describe('GET /platform/v1/endpoints', () => {
  it('lists the REST and SOAP base URLs, to a valid access token only', () =>
    withSimulator(async (simulator) => {
      const { url } = simulator;
      const { accessToken } = await grantOf(simulator);

      const response = await fetch(`${url}/platform/v1/endpoints`, bearer(accessToken));

      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        items: [
          { type: 'rest', url },
          { type: 'soap', url: `${url}/Service.asmx` },
        ],
      });
      expect((await fetch(`${url}/platform/v1/endpoints`)).status).toBe(401);
    }));
});

describe('POST /Service.asmx', () => {
  const call = (url: string, header: string) =>
    fetch(`${url}/Service.asmx`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: `<s:Envelope><s:Header>${header}</s:Header><s:Body/></s:Envelope>`,
    });

  it('takes the legacy token in oAuthToken and either token in fueloauth', () =>
    withSimulator(async (simulator) => {
      const { accessToken, legacyToken } = await grantOf(simulator);

      const statuses: number[] = [];
      for (const header of [
        `<oAuth xmlns="http://exacttarget.com"><oAuthToken>${legacyToken}</oAuthToken></oAuth>`,
        `<fueloauth xmlns="http://exacttarget.com">${legacyToken}</fueloauth>`,
        `<h:fueloauth xmlns:h="http://exacttarget.com">\n  ${accessToken}\n</h:fueloauth>`,
        `<oAuth><oAuthToken>${accessToken}</oAuthToken></oAuth>`,
        '<fueloauth>never-issued</fueloauth>',
        '',
      ]) {
        statuses.push((await call(simulator.url, header)).status);
      }

      expect(statuses).toEqual([200, 200, 200, 500, 500, 500]);
    }));

  it('answers an expired token with a SOAP fault', () =>
    withSimulator(async (simulator) => {
      const { legacyToken } = await grantOf(simulator);
      simulator.clock.advance(60 * minuteMs);

      const response = await call(simulator.url, `<oAuthToken>${legacyToken}</oAuthToken>`);

      expect(await response.text()).toContain('<faultstring>Login Failed</faultstring>');
    }));
});

describe('the simulator', () => {
  it('logs each request by fingerprint, without a token or secret', () =>
    withSimulator(async (simulator) => {
      const { refreshToken, clientSecret } = simulator;
      const grant = await grantOf(simulator);
      simulator.clock.advance(1);
      await fetch(`${simulator.url}/platform/v1/tokenContext`, bearer(grant.accessToken));

      const sha256 = createHash('sha256').update(refreshToken).digest('hex');
      expect(simulator.requests).toEqual([
        {
          path: '/v1/requestToken',
          atMs: startMs,
          status: 200,
          takenUpAtMs: startMs,
          hadRefreshToken: true,
          fingerprint: sha256.slice(0, 8),
        },
        {
          path: '/platform/v1/tokenContext',
          atMs: startMs + 1,
          status: 202,
          takenUpAtMs: startMs + 1,
          hadRefreshToken: false,
          fingerprint: null,
        },
      ]);
      const log = JSON.stringify(simulator.requests);
      for (const secret of [refreshToken, clientSecret, ...Object.values(grant).map(String)]) {
        if (secret !== '3600') expect(log).not.toContain(secret);
      }
    }));

  it('serves several requests over one connection', () =>
    withSimulator(async ({ url }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const localPort = () =>
        new Promise<number | undefined>((resolve, reject) => {
          const client = request(url, { agent }, (response) => {
            const { localPort } = response.socket;
            response.resume().once('end', () => setImmediate(resolve, localPort));
          });
          client.once('error', reject).end();
        });

      const [first, second] = [await localPort(), await localPort()];

      expect(first).toBeDefined();
      expect(second).toBe(first);
      agent.destroy();
    }));

  it('goes on when a client leaves in the middle of its request', () =>
    withSimulator(async (simulator) => {
      const client = sendHeadOnly(simulator);
      await once(client, 'connect');

      client.destroy();

      expect((await refresh(simulator)).status).toBe(200);
    }));

  it('refuses connections once closed, and may be closed twice', async () => {
    const simulator = await startProviderSimulator();

    await simulator.close();
    await simulator.close();

    await expect(refresh(simulator)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('rejects when its port is in use', () =>
    withSimulator(async ({ url }) => {
      const port = Number(new URL(url).port);

      await expect(startProviderSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    }));
});
