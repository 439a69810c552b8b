import { dealt } from '../support/dealt';
import { type Script, startScriptedServer } from '../support/scriptedServer';
import { LeakWorld } from './leakWorld';

const statuses = [200, 202, 400, 401, 403, 404, 408, 422, 429, 500, 503, 596];

/** Bodies that repeat a request: as text, as a web page, and as JSON in one member or another. */
const bodies: readonly ((request: string) => string)[] = [
  (request) => request,
  (request) => `<html><body>${request}</body></html>`,
  (request) => JSON.stringify({ message: request, errorcode: request, documentation: request }),
  (request) => JSON.stringify({ accessToken: request, expiresIn: request, retryAfter: request }),
];

/** Meets the function with a provider that repeats, wherever an answer has room, what it was sent. */
export async function playQuotingProvider(): Promise<LeakWorld> {
  const leakWorld = await LeakWorld.start();
  let answer: Script = () => {};
  const { url, received } = await startScriptedServer((...args) => answer(...args));
  for (const [hand, status] of statuses.entries()) {
    for (const body of dealt(bodies, hand, 2)) {
      answer = (response, request) => {
        const quote = request.body || String(request.headers.authorization);
        const header = encodeURIComponent(quote);
        response
          .writeHead(status, header, { 'retry-after': header, location: `/?${header}` })
          .end(body(quote));
      };
      leakWorld.connect({ authBaseUrl: url });
      const before = received.length;
      const late = () => received.length > before + 1;
      await leakWorld.invoke(undefined, { late });
    }
    const stored = leakWorld.connect({ authBaseUrl: url });
    const pendingId = stored.put(leakWorld.tokenSet(), ['AWSPENDING']);
    const before = received.length;
    await leakWorld.step('testSecret', pendingId, { late: () => received.length > before + 1 });
  }
  return leakWorld;
}
