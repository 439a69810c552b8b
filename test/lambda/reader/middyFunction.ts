import middy from '@middy/core';
import { TokenReaderError, type TokenSource } from '../../../lambda/reader';
import { tokens } from '../../../lambda/reader/middy';
import { createFakeReader } from '../../../lambda/reader/testing';

/**
 * Functions with the middleware, invoked as Lambda would; prints what came of each as JSON. It is
 * run by itself, since @middy/core is an ES module, which jest's own module system does not load.
 */
async function main(): Promise<void> {
  const scenarios = {
    context,
    internal,
    notSeeded,
    prefetch,
    noPrefetch,
    extension,
    afterRefusal,
    refused,
  };
  const results: Record<string, unknown> = {};
  for (const [name, scenario] of Object.entries(scenarios)) results[name] = await scenario();
  console.log(JSON.stringify(results));
}

/** What middy needs of Lambda's context. */
const lambdaContext = () => ({ getRemainingTimeInMillis: () => 1_000 }) as never;

/** A source that counts and, with `text` undefined, holds no value. */
function countedSource(text?: string, members: Partial<TokenSource> = {}) {
  const counted = {
    reads: 0,
    async read() {
      counted.reads += 1;
      return text;
    },
    ...members,
  };
  return counted;
}

const stored = JSON.stringify({
  accessToken: 'access-two',
  refreshToken: 'refresh-two',
  issuedAt: new Date().toISOString(),
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
});

/** Against Secrets Manager as the environment names it, by the SDK's own client. */
async function context() {
  const handler = middy()
    .use(tokens({ fetchData: { sfmc: 'acme' } }))
    .handler(async (_event, { sfmc, getRemainingTimeInMillis }) => ({
      accessToken: sfmc.accessToken,
      members: Object.keys(sfmc),
      remainingMs: getRemainingTimeInMillis(),
    }));
  return [await handler({}, lambdaContext()), await handler({}, lambdaContext())];
}

async function internal() {
  const source = countedSource(stored);
  const handler = middy()
    .use(tokens({ fetchData: { sfmc: 'acme' }, setToContext: false, source }))
    .before(async (request) => {
      const { accessToken } = await request.internal.sfmc;
      Object.assign(request.event as object, { accessToken });
    })
    .handler(async (event, context) => ({ event, hasIt: 'sfmc' in context }));
  return handler({}, lambdaContext());
}

async function notSeeded() {
  const source = countedSource();
  let handled = false;
  const handler = middy()
    .use(tokens({ fetchData: { sfmc: 'acme' }, source }))
    .handler(async () => {
      handled = true;
    });
  await new Promise(setImmediate); // the read ahead has failed
  const error = await handler({}, lambdaContext()).catch((thrown: unknown) => thrown);
  const { code, connection } = error as TokenReaderError;
  const isOurs = error instanceof TokenReaderError;
  return { isOurs, code, connection, handled, reads: source.reads };
}

async function readsBeforeAndAfter(
  source: ReturnType<typeof countedSource>,
  disablePrefetch?: boolean,
) {
  const handler = middy()
    .use(tokens({ fetchData: { one: 'acme', two: 'other' }, source, disablePrefetch }))
    .handler(async (_event, { one, two }) => [one.accessToken, two.accessToken]);
  const before = source.reads;
  const answer = await handler({}, lambdaContext());
  return { before, after: source.reads, answer };
}

const prefetch = () => readsBeforeAndAfter(countedSource(stored));
const noPrefetch = () => readsBeforeAndAfter(countedSource(stored), true);
const extension = () =>
  readsBeforeAndAfter(countedSource(stored, { onlyDuringInvocations: true }), false);

/** A handler that calls by itself, and whose token was replaced since the invocation began. */
async function afterRefusal() {
  const fake = createFakeReader();
  const marketingCloud = tokens({ fetchData: { sfmc: 'acme' }, source: fake.source });
  const handler = middy()
    .use(marketingCloud)
    .handler(async (_event, { sfmc }) => {
      const newest = fake.rotate();
      const fresh = await marketingCloud.readers.sfmc.get({ fresh: true });
      return [sfmc, fresh].map(({ accessToken }) => accessToken === newest.accessToken);
    });
  const answer = await handler({}, lambdaContext());
  return { answer, names: Object.keys(marketingCloud.readers), reads: fake.reads };
}

function refused() {
  const wrong = [
    undefined,
    {},
    { fetchData: {} },
    { fetchData: { sfmc: 'No Name' } },
    { fetchData: { sfmc: 'acme' }, cacheExpiry: 1 },
    { fetchData: { sfmc: 'acme' }, setToContext: 'yes' },
    { fetchData: { sfmc: 'acme' }, minRemainingSeconds: -1 },
  ];
  return wrong.map((options) => {
    try {
      tokens(options as never);
      return 'taken';
    } catch (error) {
      return String(error);
    }
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
