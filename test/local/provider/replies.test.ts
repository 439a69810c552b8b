import { once } from 'node:events';
import type { ProviderFault } from '../../../local/provider/faults';
import { refresh, sendHeadOnly, stateOfSeed, until, withSimulator } from './support';

/** Orders one fault, sends one refresh, and returns what came back and what it cost. */
async function refreshUnder(
  fault: ProviderFault,
  assess: (seen: { response: Response; text: string; state: string }) => void,
): Promise<void> {
  await withSimulator(async (simulator) => {
    simulator.orderFault(fault);

    const response = await refresh(simulator);

    const text = await response.text();
    assess({ response, text, state: stateOfSeed(simulator) });
    expect(simulator.pendingFaults).toEqual([]);
    expect(simulator.requests.map(({ status }) => status)).toEqual([response.status]);
    expect((await refresh(simulator)).status).toBe(200);
  });
}

describe('a connection that ends without an answer', () => {
  it.each([
    { kind: 'refuse', state: 'unused' },
    { kind: 'dropBefore', state: 'unused' },
    { kind: 'dropAfter', state: 'used' },
  ] as const)('$kind leaves the token $state', async ({ kind, state }) => {
    await withSimulator(async (simulator) => {
      simulator.orderFault({ kind });

      await expect(refresh(simulator)).rejects.toThrow('fetch failed');

      expect(stateOfSeed(simulator)).toBe(state);
      expect(simulator.requests).toMatchObject([{ status: null }]);
      expect((await refresh(simulator)).status).toBe(200);
    });
  });

  it('refuse resets the connection before the body was sent', async () => {
    await withSimulator(async (simulator) => {
      simulator.orderFault({ kind: 'refuse' });

      const [error] = await once(sendHeadOnly(simulator), 'error');

      expect(error).toMatchObject({ code: 'ECONNRESET' });
    });
  });

  it('refuse also resets a connection that was kept alive', async () => {
    await withSimulator(async (simulator) => {
      await (await refresh(simulator)).text();
      simulator.orderFault({ kind: 'refuse' });

      await expect(refresh(simulator)).rejects.toThrow('fetch failed');

      expect(simulator.pendingFaults).toEqual([]);
    });
  });
});

describe('an error answer', () => {
  it('rateLimit says in body and header when to come back, and consumes nothing', () =>
    refreshUnder({ kind: 'rateLimit', retryAfterSeconds: 5 }, ({ response, text, state }) => {
      expect(response.status).toBe(429);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(JSON.parse(text)).toEqual({
        message: 'Rate limit exceeded',
        errorcode: 50100,
        retryAfter: 5,
      });
      expect(state).toBe('unused');
    }));

  it.each([true, false])('internal is a 500 with JSON, consumed: %p', (consumed) =>
    refreshUnder({ kind: 'internal', consumed }, ({ response, text, state }) => {
      expect(response.status).toBe(500);
      expect(JSON.parse(text)).toEqual({
        message: 'Internal Server Error',
        errorcode: 0,
        documentation: '',
      });
      expect(state).toBe(consumed ? 'used' : 'unused');
    }),
  );

  it.each([true, false])('unavailable is a 503 with HTML, consumed: %p', (consumed) =>
    refreshUnder({ kind: 'unavailable', consumed }, ({ response, text, state }) => {
      expect(response.status).toBe(503);
      expect(response.headers.get('content-type')).toBe('text/html');
      expect(response.headers.has('retry-after')).toBe(false);
      expect(text).toMatch(/^<html>/);
      expect(state).toBe(consumed ? 'used' : 'unused');
    }),
  );

  it('unavailable names Retry-After if ordered', () =>
    refreshUnder(
      { kind: 'unavailable', consumed: false, retryAfterSeconds: 30 },
      ({ response }) => {
        expect(response.headers.get('retry-after')).toBe('30');
      },
    ));

  it.each([true, false])('status596 is a 596, consumed: %p', (consumed) =>
    refreshUnder({ kind: 'status596', consumed }, ({ response, state }) => {
      expect(response.status).toBe(596);
      expect(state).toBe(consumed ? 'used' : 'unused');
    }),
  );

  it.each([400, 403, 404, 408])('status answers %p with JSON and consumes nothing', (status) =>
    refreshUnder({ kind: 'status', status }, ({ response, text, state }) => {
      expect(response.status).toBe(status);
      expect(JSON.parse(text)).toHaveProperty('message');
      expect(state).toBe('unused');
    }),
  );

  it('redirect is a 307 to the place ordered and consumes nothing', () =>
    refreshUnder(
      { kind: 'redirect', location: 'http://127.0.0.1:9/elsewhere' },
      ({ response, state }) => {
        expect(response.status).toBe(307);
        expect(response.headers.get('location')).toBe('http://127.0.0.1:9/elsewhere');
        expect(state).toBe('unused');
      },
    ));
});

describe('a 200 that cannot be relied on consumes the token', () => {
  const whole = {
    accessToken: expect.any(String),
    legacyToken: expect.any(String),
    refreshToken: expect.any(String),
    expiresIn: 3600,
  };

  it('empty200 has no body', () =>
    refreshUnder({ kind: 'empty200' }, ({ response, text, state }) => {
      expect([response.status, text, state]).toEqual([200, '', 'used']);
    }));

  it('html200 is a page', () =>
    refreshUnder({ kind: 'html200' }, ({ response, text, state }) => {
      expect([response.status, state]).toEqual([200, 'used']);
      expect(text).toMatch(/^<html>/);
    }));

  it('invalidJson200 is cut off', () =>
    refreshUnder({ kind: 'invalidJson200' }, ({ response, text, state }) => {
      expect([response.status, state]).toEqual([200, 'used']);
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
      expect(JSON.parse(`${text}}`)).toEqual(whole);
    }));

  it('oversized is a whole answer beyond 64 KiB', () =>
    refreshUnder({ kind: 'oversized' }, ({ response, text, state }) => {
      expect([response.status, state]).toEqual([200, 'used']);
      expect(text.length).toBeGreaterThan(64 * 1024);
      expect(JSON.parse(text)).toMatchObject(whole);
    }));

  it('noRefreshToken lacks just that', () =>
    refreshUnder({ kind: 'noRefreshToken' }, ({ response, text, state }) => {
      const { refreshToken: _, ...rest } = whole;
      expect([response.status, state]).toEqual([200, 'used']);
      expect(JSON.parse(text)).toEqual(rest);
    }));

  it.each([-1, 1e15, '3600'])('badExpiresIn answers %p', (value) =>
    refreshUnder({ kind: 'badExpiresIn', value }, ({ response, text, state }) => {
      expect([response.status, state]).toEqual([200, 'used']);
      expect(JSON.parse(text)).toEqual({ ...whole, expiresIn: value });
    }),
  );

  it.each(['accessToken', 'legacyToken', 'refreshToken'] as const)(
    'wrongTypes makes %s a number',
    (member) =>
      refreshUnder({ kind: 'wrongTypes', member }, ({ response, text, state }) => {
        expect([response.status, state]).toEqual([200, 'used']);
        expect(JSON.parse(text)).toEqual({ ...whole, [member]: expect.any(Number) });
      }),
  );

  it.each([
    { kind: 'oversized' },
    { kind: 'noRefreshToken' },
    { kind: 'badExpiresIn', value: -1 },
    { kind: 'wrongTypes', member: 'accessToken' },
  ] as const)('while $kind leaves a refusal as it is', async (fault) => {
    await withSimulator(async (simulator) => {
      simulator.orderFault(fault);

      const response = await refresh(simulator, { clientSecret: 'wrong' });

      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        message: 'Unauthorized',
        errorcode: 1,
        documentation: '',
      });
    });
  });
});

describe('slow', () => {
  it('consumes the token on arrival and answers in full after the delay', async () => {
    await withSimulator(async (simulator) => {
      simulator.orderFault({ kind: 'slow', delayMs: 30 });
      const startedMs = performance.now();

      const pending = refresh(simulator);
      await until(() => simulator.requests.length > 0);
      expect(stateOfSeed(simulator)).toBe('used');

      expect((await pending).status).toBe(200);
      // Timers may fire up to a millisecond early.
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(29);
    });
  });

  it('leaves no timer behind when the simulator is closed', async () => {
    const activeTimers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = activeTimers();

    await withSimulator(async (simulator) => {
      simulator.orderFault({ kind: 'slow', delayMs: 3_600_000 });
      const pending = refresh(simulator);
      await until(() => simulator.requests.length > 0);
      expect(activeTimers()).toBeGreaterThan(before);

      await simulator.close();

      await expect(pending).rejects.toThrow('fetch failed');
    });
    expect(activeTimers()).toBe(before);
  });
});

it('strikes in the order in which faults were ordered, each so often as counted', async () => {
  await withSimulator(async (simulator) => {
    simulator.orderFault({ kind: 'status', status: 408 }, 2);
    simulator.orderFault({ kind: 'empty200' });

    const statuses: number[] = [];
    for (let sent = 0; sent < 4; sent += 1) statuses.push((await refresh(simulator)).status);

    expect(statuses).toEqual([408, 408, 200, 200]);
  });
});
