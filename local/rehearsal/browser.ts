import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const wellKnownPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Nothing that looks for updates or accounts: the browser stays on this machine. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Text in grey levels alone: the same on every machine, and half the size as a picture.
  '--disable-lcd-text',
];

/** The Chromium that CHROMIUM_PATH names, else one that is installed; undefined if none is. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH;
  const folders = env.PATH?.split(delimiter) ?? [];
  return [...wellKnownPaths, ...folders.map((folder) => join(folder, 'google-chrome'))].find(
    isExecutable,
  );
}

/** A browser with a profile of its own, which goes when the browser is closed. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args, headless: true });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
