/**
 * A handler that sends plain requests by Node.js's own HTTP client, over a connection that stays
 * open, one after the other: the least that requests of these latencies take on this machine.
 */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

export async function handler({ url, latenciesMs }) {
  for (const latencyMs of latenciesMs) await send(url, latencyMs);
  return { outcome: 'sent' };
}

function send(url, latencyMs) {
  return new Promise((resolve, reject) => {
    const headers = { 'x-latency-ms': latencyMs };
    request(url, { agent, method: 'POST', headers }, (response) => {
      response.once('end', resolve).once('error', reject).resume();
    })
      .once('error', reject)
      .end('{}');
  });
}
