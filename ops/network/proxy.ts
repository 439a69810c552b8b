import { request as requestHttp } from 'node:http';
import { Agent, type RequestOptions, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, rootCertificates } from 'node:tls';

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy refused to connect, so that nothing was sent beyond it. */
export class ProxyRefusal extends Error {
  readonly code: 'EPROXYAUTH' | 'EPROXY';

  constructor(readonly status: number) {
    super(`the proxy answered with HTTP ${status}`);
    this.code = status === 407 ? 'EPROXYAUTH' : 'EPROXY';
  }
}

/** Of HTTPS_PROXY in either spelling; the lower one goes first, as in the AWS CLI. */
export const proxyUrl = (env: Env) => env.https_proxy || env.HTTPS_PROXY || undefined;

/** Whether NO_PROXY leaves a host out: its name, one of its domains, or all hosts by `*`. */
export function isDirect(host: string, env: Env): boolean {
  if (/^(localhost|127\..*|::1|\[::1\])$/.test(host)) return true;
  const patterns = (env.no_proxy || env.NO_PROXY || '').split(',').map((each) => each.trim());
  return patterns.some((pattern) => {
    const name = pattern
      .replace(/:\d+$/, '')
      .replace(/^\*?\./, '')
      .toLowerCase();
    if (name === '*') return true;
    return name !== '' && (host === name || host.endsWith(`.${name}`));
  });
}

/** Connects through the proxy to what NO_PROXY does not leave out. */
export class ProxyAgent extends Agent {
  readonly #env: Env;
  readonly #ca: readonly string[] | undefined;

  /** @param ca certificate authorities to trust beside those of Node.js, in PEM */
  constructor(env: Env, ca?: string) {
    const all = ca === undefined ? undefined : [...rootCertificates, ca];
    super({ keepAlive: true, maxSockets: 50, ...(all && { ca: all }) });
    this.#env = env;
    this.#ca = all;
  }

  override createConnection(
    options: RequestOptions,
    done: (error: Error | null, socket: Duplex) => void = () => {},
  ): Duplex | null | undefined {
    const { port = 443, servername } = options;
    const host = options.host ?? '';
    const proxy = proxyUrl(this.#env);
    if (proxy === undefined || isDirect(host, this.#env)) {
      return super.createConnection(options, done);
    }
    tunnel(new URL(proxy.includes('://') ? proxy : `http://${proxy}`), `${host}:${port}`).then(
      (socket) => {
        const ca = this.#ca && { ca: [...this.#ca] };
        const tls = { ...options, socket, servername: servername || host, ...ca };
        done(null, connect(tls as ConnectionOptions));
      },
      // Of an error, nobody looks at the socket.
      (error: Error) => done(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

const tunnelMs = 5_000;

function tunnel(proxy: URL, target: string): Promise<Duplex> {
  const { username, password, protocol, hostname, port } = proxy;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  return new Promise((resolve, reject) => {
    const isSecure = protocol === 'https:';
    const request = (isSecure ? requestHttps : requestHttp)({
      host: hostname,
      port: port || (isSecure ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...(username && { 'proxy-authorization': authorization }) },
      agent: false,
      timeout: tunnelMs,
    });
    request.once('connect', ({ statusCode = 0 }, socket: Duplex) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new ProxyRefusal(statusCode));
    });
    request.once('response', ({ statusCode = 0 }) => {
      request.destroy();
      reject(new ProxyRefusal(statusCode));
    });
    request.once('timeout', () =>
      request.destroy(Object.assign(new Error('the proxy did not answer'), { code: 'ETIMEDOUT' })),
    );
    request.once('error', reject);
    request.end();
  });
}
