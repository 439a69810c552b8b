import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { type Action, ActionRefused, actionSchemas, isActionName } from './actions';
import { Docs } from './docs';
import { checkAction, checkHost, Rejected, securityHeaders } from './guards';
import { bundlePage } from './page';
import type { WatchState } from './state';
import { Subscribers } from './subscribers';

const mostBodyBytes = 1024;

export interface WatchServerOptions {
  /** @default 0, any free port */
  readonly port?: number | undefined;
  /** Undefined as long as there is nothing to show. */
  readonly state: () => WatchState | undefined;
  /** @throws ActionRefused if an action makes no sense as things are. */
  readonly perform: (action: Action) => Promise<void>;
}

export interface WatchServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** Sends the state to everyone who watches, unless it is what they have. */
  publish(): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

/**
 * Serves the page on 127.0.0.1.
 *
 * - `GET /` and the page's files; `GET /docs/NAME.md`: the documentation, to which it leads.
 * - `GET /events`: the state, then each new one (server-sent events, WHATWG HTML).
 * - `POST /actions/NAME`: 204; 400 for a body that is not understood and 409 for an action that
 *   makes no sense as things are, with `{"error": "..."}`.
 *
 * @throws the listener's error, such as `EADDRINUSE`.
 */
export async function startWatchServer(options: WatchServerOptions): Promise<WatchServer> {
  const files = await bundlePage();
  const docs = new Docs();
  const subscribers = new Subscribers(options.state);
  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => refuse(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    checkHost(message);
    const [path = ''] = (message.url ?? '').split('?', 1);
    const [, actionName] = /^\/actions\/([\w-]+)$/.exec(path) ?? [];
    const file = files.get(path) ?? docs.page(path);
    if (actionName !== undefined) {
      allow('POST', message);
      checkAction(message);
      await options.perform(await readAction(actionName, message));
      subscribers.publish();
      response.writeHead(204).end();
    } else if (path === '/events') {
      allow('GET', message);
      subscribers.add(response);
    } else if (file) {
      allow('GET', message);
      response.writeHead(200, { 'content-type': file.type }).end(file.text);
    } else {
      throw new Rejected(404, 'There is nothing here.');
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    publish: () => subscribers.publish(),
    close() {
      subscribers.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function allow(method: string, message: IncomingMessage): void {
  if (message.method !== method) throw new Rejected(405, `Only ${method} is allowed here.`);
}

async function readAction(name: string, message: IncomingMessage): Promise<Action> {
  if (!isActionName(name)) throw new Rejected(404, 'There is no such action.');
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) {
    text += chunk;
    if (text.length > mostBodyBytes) throw new Rejected(413, 'The body is too long.');
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), actionSchemas[name]), text);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Rejected(400, `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  }
  // The schema was looked up by this very name.
  return { name, body: parsed.output } as Action;
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status =
    error instanceof Rejected ? error.status : error instanceof ActionRefused ? 409 : 500;
  const message = error instanceof Error && status !== 500 ? error.message : 'That went wrong.';
  // What is left of a body that was refused is not waited for.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ error: message }));
}
