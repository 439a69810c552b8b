/**
 * A handler that sends plain requests by Node.js's own HTTP client, over connections that stay
 * open, one after the other: the least that the answers to them take on this machine.
 */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

export async function handler({ requests }) {
  for (const { url, headers, body } of requests) await send(url, headers, body);
  return { outcome: 'sent' };
}

function send(url, headers, body) {
  return new Promise((resolve, reject) => {
    request(url, { agent, method: 'POST', headers }, (response) => {
      response.once('end', resolve).once('error', reject).resume();
    })
      .once('error', reject)
      .end(body);
  });
}
