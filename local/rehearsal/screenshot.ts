import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { quietSdk } from '../quietSdk';
import { startTourWorld } from '../tour/world';
import { findChromium, launchChromium } from './browser';
import { beginSilently, pass } from './byHand';
import { performAction } from './perform';
import { Rehearsal } from './rehearsal';
import { startWatchServer } from './server';

const help = `Makes docs/watch.png: the page of \`npm start -- --watch\` after three incidents.

  npx tsx local/rehearsal/screenshot.ts [--width N] [--height N] [--dark] [--out FILE]
`;

/** Plays the incidents by hand, so that the picture is the same each time. */
async function playIncidents(rehearsal: Rehearsal): Promise<void> {
  rehearsal.pace = 0;
  await pass(rehearsal, 18);
  await performAction(rehearsal, { name: 'kill-function', body: {} });
  await pass(rehearsal, 30);
  await performAction(rehearsal, { name: 'drop-answer', body: {} });
  await pass(rehearsal, 25);
  await performAction(rehearsal, { name: 'revoke-chain', body: {} });
  await pass(rehearsal, 20);
  await performAction(rehearsal, { name: 're-seed', body: {} });
  await pass(rehearsal, 12);
  rehearsal.pace = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      width: { type: 'string', default: '1280' },
      height: { type: 'string', default: '1400' },
      dark: { type: 'boolean', default: false },
      out: { type: 'string', default: join(__dirname, '..', '..', 'docs', 'watch.png') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium is found: set CHROMIUM_PATH.');
  Object.assign(process.env, quietSdk);
  const world = await startTourWorld();
  try {
    const rehearsal = new Rehearsal(await beginSilently(world));
    await playIncidents(rehearsal);
    const server = await startWatchServer({
      state: () => rehearsal.state(),
      perform: (action) => performAction(rehearsal, action),
    });
    const browser = await launchChromium(executablePath);
    const page = await browser.newPage({
      viewport: { width: Number(values.width), height: Number(values.height) },
      colorScheme: values.dark ? 'dark' : 'light',
    });
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'The chain of refresh tokens' }).waitFor();
    await page.screenshot({ path: values.out });
    await browser.close();
    await server.close();
  } finally {
    await world.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
