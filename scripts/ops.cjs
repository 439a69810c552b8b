/**
 * `npm run ops`: the built program while it is newer than its sources, since it starts in a fraction
 * of the time; else the sources, by tsx. Either runs in this process, so that Ctrl-C reaches it alone.
 */
const { readdirSync, statSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const built = path.join(root, 'dist', 'ops', 'main.cjs');
const sources = ['ops', 'lambda', 'scripts', 'package.json', 'package-lock.json'];

function newestMs(file) {
  const stats = statSync(file);
  if (!stats.isDirectory()) return stats.mtimeMs;
  // A folder changes when a file of it is removed.
  const inside = readdirSync(file).map((name) => newestMs(path.join(file, name)));
  return Math.max(stats.mtimeMs, ...inside);
}

function isCurrent() {
  const { mtimeMs } = statSync(built, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
  return sources.every((source) => newestMs(path.join(root, source)) <= mtimeMs);
}

if (isCurrent()) {
  require(built);
} else {
  // It registers itself for `require` and for `import()`: the sources have both.
  import('tsx').then(() => require('../ops/main.ts'));
}
