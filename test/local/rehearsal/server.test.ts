import { request } from 'node:http';
import type { WatchState } from '../../../local/rehearsal/state';
import { serve, serveAlone, startStage } from './support';

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A request whose headers are as they are given: `fetch` sets Host and Origin itself. */
function ask(url: string, { method = 'GET', path = '/', headers = {}, body }: Asked) {
  return new Promise<Answer>((resolve, reject) => {
    const asked = request(url + path, { method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.concat(chunks).toString(),
      });
    });
    asked.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };

const order = (url: string, name: string, body: unknown = {}): Promise<Answer> =>
  ask(url, {
    method: 'POST',
    path: `/actions/${name}`,
    headers: { ...json, origin: url },
    body: JSON.stringify(body),
  });

/** The next state that is sent, from a stream of events. */
async function nextState(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<WatchState> {
  let text = '';
  for (;;) {
    const found = /^data: (.*)\n\n/m.exec(text);
    if (found) return JSON.parse(found[1] ?? '');
    const { value, done } = await reader.read();
    if (done) throw new Error('the stream ended');
    text += Buffer.from(value).toString();
  }
}

describe('the page', () => {
  it('is served whole by this server, under a policy that lets nothing else in', async () => {
    const { url } = await serveAlone();

    const page = await ask(url, {});
    const script = await ask(url, { path: '/main.js' });
    const style = await ask(url, { path: '/main.css' });
    const icon = await ask(url, { path: '/icon.svg' });

    expect([page, script, style, icon].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self';/),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.body).not.toMatch(/<script>|style=|https?:/);
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(style.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(style.body).not.toContain('url(');
  });

  it('answers what is not there, and methods that are not meant, with an error', async () => {
    const { url } = await serveAlone();

    const missing = await ask(url, { path: '/nothing' });
    const posted = await ask(url, { method: 'POST' });
    const got = await ask(url, { path: '/actions/rotate' });

    expect([missing, posted, got].map(({ status }) => status)).toEqual([404, 405, 405]);
  });
});

describe('the guards', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1'])(
    'let nobody in who asks for the host "%s"',
    async (host) => {
      const { url } = await serveAlone();

      const page = await ask(url, { headers: { host } });
      const events = await ask(url, { path: '/events', headers: { host } });

      expect(page.status).toBe(403);
      expect(events.status).toBe(403);
    },
  );

  it('let localhost in', async () => {
    const { url } = await serveAlone();

    const { status } = await ask(url, { headers: { host: `localhost:${new URL(url).port}` } });

    expect(status).toBe(200);
  });

  it.each([
    ['another origin', { ...json, origin: 'http://evil.example' }, 403],
    ['another port', { ...json, origin: 'http://127.0.0.1:1' }, 403],
    ['no origin', json, 403],
    ['an opaque origin', { ...json, origin: 'null' }, 403],
  ])('take no action from %s', async (_, headers, expected) => {
    const { url, performed } = await serveAlone();

    const { status } = await ask(url, {
      method: 'POST',
      path: '/actions/drop-answer',
      headers,
      body: '{}',
    });

    expect(status).toBe(expected);
    expect(performed).toEqual([]);
  });

  it('take no action of a type that forms can send', async () => {
    const { url, performed } = await serveAlone();

    const { status } = await ask(url, {
      method: 'POST',
      path: '/actions/drop-answer',
      headers: { 'content-type': 'text/plain', origin: url },
      body: '{}',
    });

    expect(status).toBe(415);
    expect(performed).toEqual([]);
  });
});

describe('an action', () => {
  it('is taken', async () => {
    const { url, performed } = await serveAlone();

    const answer = await order(url, 'outage', { of: 'provider', isDown: true });

    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(performed).toEqual([{ name: 'outage', body: { of: 'provider', isDown: true } }]);
  });

  it('is refused with the reason if it makes no sense', async () => {
    const { url } = await serve(await startStage());

    const answer = await order(url, 'promote-client-secret');

    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body)).toEqual({ error: 'No client secret is staged.' });
  });

  it.each([
    ['pace', { minutesPerSecond: 1000 }],
    ['pace', {}],
    ['move-clock', { minutes: -5 }],
    ['move-clock', { minutes: '5' }],
    ['outage', { of: 'the world', isDown: true }],
    ['drop-answer', { times: 2 }],
    ['rotate', null],
  ])('%s is refused with the body %j', async (name, body) => {
    const { url } = await serveAlone();

    const answer = await order(url, name, body);

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
  });

  it('is refused if it is unknown, no JSON, or too long', async () => {
    const { url } = await serveAlone();
    const headers = { ...json, origin: url };
    const method = 'POST';

    const unknown = await order(url, 'toString');
    const noJson = await ask(url, { method, path: '/actions/rotate', headers, body: '{' });
    const long = await order(url, 'rotate', { padding: 'x'.repeat(2000) });

    expect([unknown, noJson, long].map(({ status }) => status)).toEqual([404, 400, 413]);
  });
});

describe('the events', () => {
  it('bring the state at once, and each change', async () => {
    const { url, publish, state } = await serveAlone();
    const response = await fetch(`${url}/events`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();

    const first = await nextState(reader);
    state.pace = 10;
    publish();
    const second = await nextState(reader);
    await reader.cancel();

    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(first).toMatchObject({ connection: 'demo', pace: 0 });
    expect(second.pace).toBe(10);
  });

  it('say how soon to come back', async () => {
    const { url } = await serveAlone();

    const response = await fetch(`${url}/events`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    await reader.cancel();

    expect(Buffer.from(value ?? []).toString()).toMatch(/^retry: 1000\n\n/);
  });

  it('end with the server', async () => {
    const { url, close } = await serveAlone();
    const response = await fetch(`${url}/events`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await nextState(reader);

    await close();

    const ends = reader.read().then(
      ({ done }) => done,
      () => true,
    );
    expect(await ends).toBe(true);
  });

  it('hold no token and no secret, whatever happens', async () => {
    const stage = await startStage();
    const { url, publish, close } = await serve(stage);
    const [clientId, ...secrets] = stage.world.secrets;
    const sent: string[] = [];
    const events = await fetch(`${url}/events`);
    const listening = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of events.body ?? []) sent.push(decoder.decode(chunk));
    })().catch(() => {});
    const take = async (name: string, body: object = {}) => {
      const answer = await order(url, name, body);
      sent.push(answer.body, JSON.stringify(answer.headers));
      await stage.pass(2);
      await order(url, 'rotate');
      await stage.settle();
      publish();
    };

    await take('drop-answer');
    await take('kill-function');
    await stage.pass(2);
    await take('outage', { of: 'secrets-manager-writes', isDown: true });
    await order(url, 'outage', { of: 'secrets-manager-writes', isDown: false });
    await stage.pass(2);
    await take('stage-client-secret');
    await stage.pass(6);
    await take('expire-client-secret');
    await take('promote-client-secret');
    await take('revoke-chain');
    await take('re-seed');
    for (const path of ['/', '/main.js', '/nothing']) sent.push((await ask(url, { path })).body);
    await close();
    await listening;

    const streamed = sent.join('');
    expect(streamed).toContain('ChainBroken');
    expect(streamed).toContain('StoreUnavailable');
    expect(stage.world.secrets.length).toBeGreaterThan(secrets.length + 5);
    const shown = stage.world.secrets.filter((secret) => streamed.includes(secret));
    expect(shown.filter((secret) => secret !== clientId)).toEqual([]);
  });
});
