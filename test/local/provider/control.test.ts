import { createHash } from 'node:crypto';
import { refresh, stateOfSeed, withSimulator } from './support';

function order(url: string, control: string, body: unknown, contentType = 'application/json') {
  return fetch(`${url}/_control/${control}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const fingerprint = (token: string) => createHash('sha256').update(token).digest('hex').slice(0, 8);

describe('POST /_control/faults', () => {
  it('orders a fault, counted', () =>
    withSimulator(async (simulator) => {
      const fault = { kind: 'rateLimit', retryAfterSeconds: 5 };

      const response = await order(simulator.url, 'faults', { ...fault, count: 2 });

      expect(await response.json()).toEqual({ pendingFaults: 2 });
      expect(simulator.pendingFaults).toEqual([fault, fault]);
      expect((await refresh(simulator)).status).toBe(429);
      expect(simulator.pendingFaults).toEqual([fault]);
    }));

  it('orders any exchange, for a while', () =>
    withSimulator(async (simulator) => {
      const answer = { status: 403, body: '<html>blocked</html>' };
      const fault = { kind: 'exchange', takenUp: { afterMs: 1_000 }, answer };

      await order(simulator.url, 'faults', { ...fault, forSeconds: 60 });
      const statuses = [(await refresh(simulator)).status, (await refresh(simulator)).status];
      await order(simulator.url, 'clock', { advanceSeconds: 60 });

      expect(statuses).toEqual([403, 403]);
      expect((await refresh(simulator)).status).toBe(200);
      expect(stateOfSeed(simulator)).toBe('used');
    }));

  it.each([
    [{}, 'kind'],
    [{ kind: 'earthquake' }, 'kind'],
    [{ kind: 'slow' }, 'delayMs'],
    [{ kind: 'slow', delayMs: -1 }, 'delayMs'],
    [{ kind: 'internal', consumed: 'yes' }, 'consumed'],
    [{ kind: 'empty200', delayMs: 1 }, 'delayMs'],
    [{ kind: 'status', status: 200 }, 'status'],
    [{ kind: 'redirect', location: 'a\r\nb: c' }, 'location'],
    [{ kind: 'exchange', takenUp: 'never', answer: 'valid' }, 'no true answer'],
    [{ kind: 'exchange', takenUp: 'soon', answer: 'none' }, 'takenUp'],
    [{ kind: 'exchange', takenUp: 'now', answer: { status: 99, body: '' } }, 'answer'],
    [{ kind: 'empty200', forSeconds: -1 }, 'forSeconds'],
    [{ kind: 'empty200', count: 0 }, 'count'],
    [{ kind: 'empty200', count: 1.5 }, 'count'],
    [[], 'body|kind'],
    ['not JSON', 'body is not JSON'],
  ])('refuses %p, naming the field', (body, named) =>
    withSimulator(async (simulator) => {
      const response = await order(simulator.url, 'faults', body);

      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.stringMatching(named) });
      expect(simulator.pendingFaults).toEqual([]);
    }),
  );

  it('refuses an order that is not sent as JSON', () =>
    withSimulator(async (simulator) => {
      const response = await order(simulator.url, 'faults', { kind: 'empty200' }, 'text/plain');

      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.stringContaining('content-type') });
      expect(simulator.pendingFaults).toEqual([]);
    }));
});

describe('POST /_control/clock', () => {
  it('moves the clock ahead', () =>
    withSimulator(async (simulator) => {
      await refresh(simulator);

      const response = await order(simulator.url, 'clock', { advanceSeconds: 300 });

      expect(await response.json()).toEqual({ now: '2026-11-24T08:05:00.000Z' });
      expect((await refresh(simulator)).status).toBe(401);
    }));

  it.each([{}, { advanceSeconds: '5' }, { advanceSeconds: -1 }, { advanceSeconds: 1e300 }])(
    'refuses %p',
    (body) =>
      withSimulator(async (simulator) => {
        const before = simulator.clock.now();

        const response = await order(simulator.url, 'clock', body);

        expect(response.status).toBe(400);
        expect(await response.json()).toEqual({ error: expect.stringMatching('advanceSeconds') });
        expect(simulator.clock.now()).toBe(before);
      }),
  );
});

describe('POST /_control/second-use', () => {
  it('changes the setting', () =>
    withSimulator(async (simulator) => {
      await order(simulator.url, 'second-use', { secondUse: 'revokes-first' });

      expect(simulator.model.secondUse).toBe('revokes-first');
    }));

  it('refuses an unknown answer', () =>
    withSimulator(async (simulator) => {
      const response = await order(simulator.url, 'second-use', { secondUse: 'maybe' });

      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.stringMatching('secondUse') });
      expect(simulator.model.secondUse).toBe('same-successor');
    }));
});

describe('GET /_control/state', () => {
  it('describes everything by fingerprint, without a token or secret', () =>
    withSimulator(async (simulator) => {
      const { clientSecret, refreshToken } = simulator;
      const grant = (await (await refresh(simulator)).json()) as Record<string, unknown>;
      const successor = String(grant.refreshToken);
      simulator.orderFault({ kind: 'refuse' });

      const response = await fetch(`${simulator.url}/_control/state`);

      const text = await response.text();
      expect(JSON.parse(text)).toEqual({
        now: '2026-11-24T08:00:00.000Z',
        secondUse: 'same-successor',
        pendingFaults: [{ kind: 'refuse' }],
        refreshTokens: [
          {
            fingerprint: fingerprint(refreshToken),
            chain: 1,
            context: 'user',
            issuedAt: '2026-11-24T08:00:00.000Z',
            accepted: true,
            state: 'used',
            firstUsedAt: '2026-11-24T08:00:00.000Z',
            successors: [fingerprint(successor)],
          },
          {
            fingerprint: fingerprint(successor),
            chain: 1,
            context: 'user',
            issuedAt: '2026-11-24T08:00:00.000Z',
            accepted: true,
            state: 'unused',
          },
        ],
        requests: [expect.objectContaining({ fingerprint: fingerprint(refreshToken) })],
      });
      for (const secret of [clientSecret, refreshToken, successor, String(grant.accessToken)]) {
        expect(text).not.toContain(secret);
      }
    }));
});

it('controls are neither logged nor struck by faults', () =>
  withSimulator(async (simulator) => {
    simulator.orderFault({ kind: 'dropBefore' });

    expect((await fetch(`${simulator.url}/_control/state`)).status).toBe(200);

    expect(simulator.requests).toEqual([]);
    expect(simulator.pendingFaults).toHaveLength(1);
    expect(stateOfSeed(simulator)).toBe('unused');
  }));

it('an unknown control is a 404', () =>
  withSimulator(async ({ url }) => {
    expect((await order(url, 'weather', {})).status).toBe(404);
  }));

describe('POST /_control/login and /_control/client-secret', () => {
  it('begin another chain, and make a client secret that is accepted beside the present one', () =>
    withSimulator(async (simulator) => {
      const login = await order(simulator.url, 'login', {});
      const { refreshToken } = (await login.json()) as { refreshToken: string };
      const made = await order(simulator.url, 'client-secret', {});
      const secret = await made.text();

      const { model, clock } = simulator;
      expect(model.accepts(refreshToken, clock.now())).toBe(true);
      expect(refreshToken).not.toBe(simulator.refreshToken);
      expect(model.clientSecrets.accepts(secret, clock.now())).toBe(true);
      expect(model.clientSecrets.accepts(simulator.clientSecret, clock.now())).toBe(true);
      expect(made.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    }));
});
