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

/** Timers that wait, by the handle that was given for them. */
const waiting = new Map();
const [realSetTimeout, realClearTimeout] = [setTimeout, clearTimeout];

function startTimer(timer, delayMs) {
  timer.handle = realSetTimeout(() => {
    waiting.delete(timer.given);
    timer.callback(...timer.args);
  }, delayMs);
  return timer.handle;
}

globalThis.setTimeout = new Proxy(realSetTimeout, {
  apply(_, __, [callback, delayMs = 0, ...args]) {
    const timer = { callback, args, dueAtMs: Date.now() + Number(delayMs) };
    timer.given = startTimer(timer, delayMs);
    waiting.set(timer.given, timer);
    return timer.given;
  },
});
globalThis.clearTimeout = (given) => {
  realClearTimeout(waiting.get(given)?.handle ?? given);
  waiting.delete(given);
};

/** Time that passes at once passes for timers, too; if the clock is set back none passes. */
function moveClock(offsetMs) {
  const movedMs = offsetMs - clockOffsetMs;
  clockOffsetMs = offsetMs;
  for (const timer of waiting.values()) {
    if (movedMs < 0) {
      timer.dueAtMs += movedMs;
      continue;
    }
    const isRef = timer.handle.hasRef();
    realClearTimeout(timer.handle);
    startTimer(timer, timer.dueAtMs - Date.now());
    if (!isRef) timer.handle.unref();
  }
}

// Lambda keeps one log for both streams; one pipe also keeps the order of the lines.
process.stderr.write = process.stdout.write.bind(process.stdout);

process.on('message', (message) => {
  if (message.kind === 'clock') moveClock(message.offsetMs);
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
  // Marks that all lines were seen: messages may overtake what is in a pipe.
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
