import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../../../local/rehearsal/browser';
import type { WatchServer } from '../../../local/rehearsal/server';
import type { Story } from '../../../local/tour/story';
import { closeAfterTest } from '../../support/closing';
import { type Stage, serve, startStage } from './support';

const chromium = findChromium();
const isDemanded = process.env.REQUIRE_BROWSER === 'true';

/** Skipped, and said so, if no browser is found, unless REQUIRE_BROWSER is true. */
export function describeInBrowser(name: string, behaviours: () => void): void {
  if (chromium || isDemanded) describe(name, behaviours);
  else describe.skip(`${name} (skipped: no Chromium is found)`, behaviours);
}

/** In which the page is to be as good: a screen's width and a phone's. */
export const looks = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** What is looked at from within the page, as one script that defines `inPage`. */
let script: string;
let browser: Browser | undefined;

beforeAll(async () => {
  browser = chromium ? await launchChromium(chromium) : undefined;
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'inPage', 'index.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'inPage',
  });
  script = outputFiles[0]?.text ?? '';
});

afterAll(() => browser?.close());

type Look =
  | 'alarmingParts'
  | 'crowdedTexts'
  | 'emptyParts'
  | 'faintShapes'
  | 'faintTexts'
  | 'focused'
  | 'overflow'
  | 'stops'
  | 'structuralFaults';

export interface Visit {
  readonly page: Page;
  readonly stage: Stage;
  /** Takes a look from within the page. */
  look<T>(what: Look): Promise<T>;
  readonly server: WatchServer;
}

export interface VisitOptions extends BrowserContextOptions {
  /** What has happened before the page begins. */
  readonly setUp?: (story: Story) => Promise<void>;
}

/** Opens the page, and fails the test for any error in its console or request to elsewhere. */
export async function visit(
  { setUp, ...options }: VisitOptions = {},
  isForeseen = (_trouble: string) => false,
): Promise<Visit> {
  if (browser === undefined) throw new Error('REQUIRE_BROWSER is true, and no Chromium is found.');
  const stage = await startStage(setUp);
  const server = await serve(stage);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  context.on('request', (request) => {
    if (!request.url().startsWith(`${server.url}/`)) troubles.push(`request to ${request.url()}`);
  });
  closeAfterTest(async () => {
    await context.close();
    expect(troubles.filter((trouble) => !isForeseen(trouble))).toEqual([]);
  });
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'The chain of refresh tokens' }).waitFor();
  return {
    page,
    stage,
    look: (what) => page.evaluate(`(() => { ${script}; return inPage.${what}(); })()`),
    server,
  };
}
