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
    tunnel(proxy, `${host}:${port}`).then(
      (socket) => {
        const ca = this.#ca && { ca: [...this.#ca] };
        const tls = { ...options, socket, servername: servername || host, ...ca };
        done(null, connect(tls as ConnectionOptions));
      },
      // Whatever it is, nothing was sent beyond the proxy. Of an error, nobody looks at the socket.
      (error: Error) =>
        done(Object.assign(error, { syscall: 'connect' }), undefined as unknown as Duplex),
    );
    return undefined;
  }
}

const tunnelMs = 5_000;

/** @throws Error `EPROXYURL` */
function parseProxy(text: string) {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    const { username, password, protocol, hostname, port } = url;
    if (!/^https?:$/.test(protocol)) throw new Error(protocol);
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const isSecure = protocol === 'https:';
    return {
      isSecure,
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || (isSecure ? 443 : 80),
      authorization: username && `Basic ${Buffer.from(login).toString('base64')}`,
    };
  } catch {
    // The engine's own error quotes the address, and with it the password.
    throw Object.assign(new Error('HTTPS_PROXY is no proxy'), { code: 'EPROXYURL' });
  }
}

async function tunnel(proxy: string, target: string): Promise<Duplex> {
  const { isSecure, host, port, authorization } = parseProxy(proxy);
  return new Promise((resolve, reject) => {
    const request = (isSecure ? requestHttps : requestHttp)({
      host,
      port,
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
      agent: false,
      timeout: tunnelMs,
    });
    request.once('connect', ({ statusCode = 0 }, socket: Duplex) => {
      // Any 2xx says that the tunnel stands (RFC 9110, section 9.3.6).
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
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
