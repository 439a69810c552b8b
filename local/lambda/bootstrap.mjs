/**
 * Runs inside the function's process and stands for Lambda's Node.js runtime: loads the bundle,
 * then answers one invocation after the other. Plain JavaScript, so that the process holds nothing
 * but Node.js and the bundle, as in Lambda, and starts as quickly.
 *
 * Arguments: the bundle's path, and by how many milliseconds `Date` runs ahead.
 * Messages: see messages.ts.
 */
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const [bundlePath, offset] = process.argv.slice(2);
let clockOffsetMs = Number(offset);
let handler;

const realNow = Date.now;
Date.now = () => realNow() + clockOffsetMs;
globalThis.Date = new Proxy(Date, {
  apply: (target) => new target(Date.now()).toString(),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [Date.now()], newTarget),
});

// Lambda keeps one log for both streams; one pipe also keeps the order of the lines.
process.stderr.write = process.stdout.write.bind(process.stdout);

process.on('message', (message) => {
  if (message.kind === 'clock') clockOffsetMs = message.offsetMs;
  else invoke(message);
});
// Whoever started this process is gone: so is its use.
process.on('disconnect', () => process.exit());

async function invoke({ requestId, event, timeoutMs, functionName }) {
  // Not by `Date`, which is moved while the time that an invocation really has goes on.
  const endsAtMs = performance.now() + timeoutMs;
  const context = {
    awsRequestId: requestId,
    functionName,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(endsAtMs - performance.now())),
  };
  let answer;
  try {
    const result = await handler(event, context);
    answer = { kind: 'result', json: JSON.stringify(result) ?? 'null' };
  } catch (thrown) {
    answer = failure(thrown);
  }
  // Tells that all lines were seen: messages may overtake what stands in a pipe.
  process.stdout.write(`\nEND RequestId: ${requestId}\n`);
  process.send(answer);
}

function failure(thrown) {
  if (!(thrown instanceof Error)) {
    return { kind: 'error', errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  const trace = thrown.stack?.split('\n') ?? [];
  return { kind: 'error', errorType: thrown.name, errorMessage: thrown.message, trace };
}

function handlerNotFound() {
  const error = new Error('index.handler is undefined or not exported');
  error.name = 'Runtime.HandlerNotFound';
  return error;
}

try {
  ({ handler } = await import(pathToFileURL(bundlePath).href));
  if (typeof handler !== 'function') throw handlerNotFound();
  process.send({ kind: 'ready' });
} catch (thrown) {
  process.send(failure(thrown), () => process.exit(1));
}
