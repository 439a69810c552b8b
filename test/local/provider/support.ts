import { connect, type Socket } from 'node:net';
import {
  type ProviderSimulator,
  type ProviderSimulatorOptions,
  startProviderSimulator,
} from '../../../local/provider/server';

export const startMs = Date.UTC(2026, 10, 24, 8);
export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const dayMs = 24 * 60 * minuteMs;

/** Runs a test against a simulator whose clock stands still, and closes it whatever happens. */
export async function withSimulator(
  test: (simulator: ProviderSimulator) => Promise<void>,
  options: ProviderSimulatorOptions = {},
): Promise<void> {
  const simulator = await startProviderSimulator({ now: () => startMs, ...options });
  try {
    await test(simulator);
  } finally {
    await simulator.close();
  }
}

/** A refresh with the seeded refresh token, its fields replaced or left out by `fields`. */
export function refresh(
  simulator: ProviderSimulator,
  fields: Record<string, unknown> = {},
  init: RequestInit = {},
): Promise<Response> {
  const { clientId, clientSecret, refreshToken } = simulator;
  return fetch(`${simulator.url}/v1/requestToken?legacy=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    redirect: 'manual',
    body: JSON.stringify({
      clientId,
      clientSecret,
      refreshToken,
      accessType: 'offline',
      ...fields,
    }),
    ...init,
  });
}

export function stateOfSeed(simulator: ProviderSimulator): string {
  return simulator.model.refreshTokenState(simulator.refreshToken).state;
}

/** A raw connection that has sent the head of a token request, and nothing of its body. */
export function sendHeadOnly(simulator: ProviderSimulator): Socket {
  const { host, hostname, port } = new URL(simulator.url);
  const socket = connect(Number(port), hostname);
  socket.write(`POST /v1/requestToken HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n\r\n`);
  return socket;
}

/** Lets the simulator work until the condition holds; the test's own timeout is the bound. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
