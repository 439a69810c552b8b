import { page, refusal } from '../../../local/provider/answers';
import type { Exchange } from '../../../local/provider/faults';
import type { ProviderSimulatorOptions } from '../../../local/provider/server';
import { minuteMs, refresh, startMs, stateOfSeed, until, withSimulator } from './support';

const exchange = (members: Omit<Exchange, 'kind'>): Exchange => ({ kind: 'exchange', ...members });

/** Sends one refresh under a fault; what came back, and what became of the refresh token. */
async function refreshUnder(members: Omit<Exchange, 'kind'>, options?: ProviderSimulatorOptions) {
  let seen: { response: Response; bytes: Buffer; state: string } | undefined;
  await withSimulator(async (simulator) => {
    simulator.orderFault(exchange(members));
    const response = await refresh(simulator);
    const bytes = Buffer.from(await response.arrayBuffer());
    seen = { response, bytes, state: stateOfSeed(simulator) };
    expect(simulator.requests).toMatchObject([{ status: response.status }]);
  }, options);
  if (!seen) throw new Error('nothing was seen');
  return { ...seen, json: () => JSON.parse(String(seen?.bytes).replace(/^\uFEFF/, '')) };
}

describe('when a request is taken up', () => {
  it.each([
    ['now', 'used'],
    ['never', 'unused'],
  ] as const)('%s: whatever answers it, its token is %s', async (takenUp, expected) => {
    const { response, state } = await refreshUnder({ takenUp, answer: page(403) });

    expect([response.status, state]).toEqual([403, expected]);
  });

  it('after the following one: a second use in the order of the taking up', () =>
    withSimulator(
      async (simulator) => {
        simulator.orderFault(exchange({ takenUp: { afterRequests: 1 }, answer: 'closed' }));
        await expect(refresh(simulator)).rejects.toThrow('fetch failed');
        expect(stateOfSeed(simulator)).toBe('unused');

        const { refreshToken } = (await (await refresh(simulator)).json()) as {
          refreshToken: string;
        };

        // The late one was the second use, and revoked what the following one was given.
        expect(simulator.model.refreshTokenState(refreshToken).state).toBe('revoked');
        expect(simulator.requests.map(({ takenUpAtMs }) => takenUpAtMs)).toEqual([
          startMs,
          startMs,
        ]);
      },
      { secondUse: 'revokes-first' },
    ));

  it('after so much of its time, at the next request or when it is ordered to settle', () =>
    withSimulator(async (simulator) => {
      const late = exchange({ takenUp: { afterMs: minuteMs }, answer: 'closed' });
      simulator.orderFault(late);
      await expect(refresh(simulator)).rejects.toThrow('fetch failed');

      simulator.clock.advance(minuteMs - 1);
      simulator.settle();
      expect(stateOfSeed(simulator)).toBe('unused');
      simulator.clock.advance(2 * minuteMs);
      simulator.settle();

      expect(simulator.model.refreshTokenState(simulator.refreshToken)).toMatchObject({
        state: 'used',
        firstUsedAtMs: startMs + minuteMs,
      });
    }));

  it('beyond the window: it is refused, like any other request', () =>
    withSimulator(async (simulator) => {
      simulator.orderFault(exchange({ takenUp: { afterMs: 6 * minuteMs }, answer: 'closed' }));
      await expect(refresh(simulator)).rejects.toThrow('fetch failed');
      await refresh(simulator);
      const issued = simulator.model.refreshTokens().length;

      simulator.clock.advance(6 * minuteMs);
      simulator.settle();

      expect(simulator.model.refreshTokens()).toHaveLength(issued);
    }));

  it('lets a client wait for the true answer until then', () =>
    withSimulator(async (simulator) => {
      simulator.orderFault(exchange({ takenUp: { afterRequests: 1 }, answer: 'valid' }));
      const waiting = refresh(simulator);
      await until(() => simulator.requests.length === 1);

      await refresh(simulator);

      expect((await waiting).status).toBe(200);
      expect(simulator.requests.map(({ status }) => status)).toEqual([200, 200]);
    }));
});

describe('an odd but legible answer', () => {
  it('begins with a byte order mark', async () => {
    const { bytes, json, state } = await refreshUnder({
      takenUp: 'now',
      answer: { valid: { byteOrderMark: true } },
    });

    expect([...bytes.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x7b]);
    expect(json()).toMatchObject({ expiresIn: 3600, refreshToken: expect.any(String) });
    expect(state).toBe('used');
  });

  it.each(['3600', 1, 1200, null])('says %j as expiresIn', async (expiresIn) => {
    const { json } = await refreshUnder({
      takenUp: 'now',
      answer: { valid: { members: { expiresIn } } },
    });

    expect(json()).toMatchObject({ expiresIn, accessToken: expect.any(String) });
  });

  it.each(['expiresIn', 'refreshToken'])('leaves %s out', async (member) => {
    const { json } = await refreshUnder({
      takenUp: 'now',
      answer: { valid: { without: [member] } },
    });

    expect(json()).toHaveProperty('accessToken');
    expect(json()).not.toHaveProperty(member);
  });

  it('leaves a refusal as it is', () =>
    withSimulator(async (simulator) => {
      simulator.orderFault(
        exchange({ takenUp: 'now', answer: { valid: { members: { expiresIn: 1 } } } }),
      );

      const response = await refresh(simulator, { clientSecret: 'wrong' });

      expect(await response.json()).toMatchObject({ errorcode: 1 });
    }));
});

describe("the provider's own refusal", () => {
  it.each([
    [401, 1],
    [400, 10007],
    [403, 10007],
  ] as const)('%i with the errorcode %i takes nothing up', async (status, errorcode) => {
    const { response, json, state } = await refreshUnder({
      takenUp: 'never',
      answer: refusal(status, errorcode),
    });

    expect(response.status).toBe(status);
    expect(json()).toMatchObject({ errorcode, message: expect.any(String) });
    expect(state).toBe('unused');
  });

  it.each([
    [{ seconds: 5 }, '5'],
    [{ seconds: 1.5 }, '1.5'],
    [{ seconds: 90, as: 'date' }, 'Tue, 24 Nov 2026 08:01:30 GMT'],
  ] as const)('has Retry-After %j as %s', async (retryAfter, text) => {
    const { response } = await refreshUnder({
      takenUp: 'never',
      answer: refusal(429, 50100, retryAfter),
    });

    expect(response.headers.get('retry-after')).toBe(text);
    // Against this a client may read the date.
    expect(response.headers.get('date')).toBe('Tue, 24 Nov 2026 08:00:00 GMT');
  });

  it('goes on for a while, if that is ordered', () =>
    withSimulator(async (simulator) => {
      const statuses: number[] = [];
      const ask = async () => statuses.push((await refresh(simulator)).status);
      simulator.orderFault(exchange({ takenUp: 'never', answer: refusal(401, 1) }), {
        forMs: minuteMs,
      });

      for (let asked = 0; asked < 3; asked += 1) await ask();
      simulator.clock.advance(minuteMs);
      await ask();

      expect(statuses).toEqual([401, 401, 401, 200]);
      expect(simulator.pendingFaults).toEqual([]);
    }));

  it('is for refresh tokens alone, if that is ordered', () =>
    withSimulator(async (simulator) => {
      const fault = exchange({ of: 'refresh', takenUp: 'never', answer: refusal(401, 1) });
      simulator.orderFault(fault);

      expect((await refresh(simulator, { refreshToken: undefined })).status).toBe(200);
      expect((await refresh(simulator)).status).toBe(401);
    }));
});

describe('what stands in front of the provider', () => {
  it.each([400, 401, 403, 404, 451, 502])('answers %i with a page', async (status) => {
    const { response, bytes } = await refreshUnder({ takenUp: 'never', answer: page(status) });

    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/html']);
    expect(String(bytes)).toMatch(/^<html>/);
  });

  it('answers with a redirect', async () => {
    const headers = { location: 'http://127.0.0.1:9/elsewhere' };
    const { response } = await refreshUnder({
      takenUp: 'never',
      answer: { status: 302, headers, body: '' },
    });

    expect([response.status, response.headers.get('location')]).toEqual([302, headers.location]);
  });

  it('answers the API, too', () =>
    withSimulator(async (simulator) => {
      const { accessToken } = (await (await refresh(simulator)).json()) as { accessToken: string };
      simulator.orderFault(exchange({ of: 'endpoints', takenUp: 'never', answer: page(503) }));
      const ask = (path: string) =>
        fetch(`${simulator.url}/platform/v1/${path}`, {
          headers: { authorization: `Bearer ${accessToken}` },
        });

      expect((await ask('tokenContext')).status).toBe(202);
      expect((await ask('endpoints')).status).toBe(503);
      expect((await ask('endpoints')).status).toBe(200);
    }));
});

describe('an answer that does not arrive', () => {
  it('is cut in its body', () =>
    withSimulator(async (simulator) => {
      simulator.orderFault(exchange({ takenUp: 'now', answer: 'cut' }));

      const response = await refresh(simulator);

      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('terminated');
      expect(stateOfSeed(simulator)).toBe('used');
    }));

  it.each(['now', 'never'] as const)('never comes, taken up %s', (takenUp) =>
    withSimulator(async (simulator) => {
      simulator.orderFault(exchange({ takenUp, answer: 'none' }));
      const abort = new AbortController();
      const pending = refresh(simulator, {}, { signal: abort.signal });
      await until(() => simulator.requests.length > 0);

      abort.abort();

      await expect(pending).rejects.toThrow('aborted');
      expect(stateOfSeed(simulator)).toBe(takenUp === 'now' ? 'used' : 'unused');
      expect(simulator.requests).toMatchObject([{ status: null }]);
    }),
  );

  it('is slower than an attempt', () =>
    withSimulator(async (simulator) => {
      simulator.orderFault(exchange({ takenUp: 'now', answer: page(500), delayMs: 30 }));
      const startedMs = performance.now();

      expect((await refresh(simulator)).status).toBe(500);

      // Timers may fire up to a millisecond early.
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(29);
    }));
});

it('refuses a true answer to a request that is never taken up', () =>
  withSimulator(async (simulator) => {
    const fault = exchange({ takenUp: 'never', answer: 'valid' });

    expect(() => simulator.orderFault(fault)).toThrow('has no true answer');
    expect(simulator.pendingFaults).toEqual([]);
  }));
