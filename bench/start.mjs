/**
 * Loads a bundle as Lambda's runtime does and prints, as its last line, when the handler was ready
 * or, if an event is given, when the first invocation had ended, without the pause by which a
 * batch takes a second; and the CPU time and peak memory until then.
 * Plain JavaScript, so that the process holds nothing but Node.js and the bundle.
 *
 * Arguments: the bundle's URL, and the event as JSON.
 */
const [url, event] = process.argv.slice(2);
const { handler } = await load(url);
if (event !== undefined) await invoke();
// Of a clock that all processes of a machine have in common.
const endedAtNs = process.hrtime.bigint();
const { user, system } = process.cpuUsage();
const line = JSON.stringify({
  endedAtNs: String(endedAtNs),
  cpuMs: (user + system) / 1_000,
  peakKib: process.resourceUsage().maxRSS,
});
process.stdout.write(`\n${line}\n`, () => process.exit());

async function invoke() {
  const ended = handler(JSON.parse(event), {});
  // Under way: its second is over once it has something to wait for.
  const now = Date.now;
  setImmediate(() => {
    Date.now = () => now() + 1_000;
  });
  await ended;
}

/** A CommonJS bundle is required: to import one, Node.js first searches it for its exports. */
async function load(url) {
  if (url.endsWith('.mjs')) return import(url);
  const { createRequire } = await import('node:module');
  return createRequire(url)(`./${url.split('/').at(-1)}`);
}
