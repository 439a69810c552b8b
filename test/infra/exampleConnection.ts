import type { Connection } from '../../infra/connections';

export function connection(name: string, more: Partial<Connection> = {}): Connection {
  const authBaseUrl = 'https://mc-test.auth.marketingcloudapis.com';
  return { name, authBaseUrl, clientId: `client-of-${name}`, ...more };
}
