import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../../../local/rehearsal/browser';
import type { WatchServer } from '../../../local/rehearsal/server';
import { closeAfterTest } from '../../support/closing';
import { type Stage, serve, startStage } from './support';

const chromium = findChromium();
const isDemanded = process.env.REQUIRE_BROWSER === 'true';
const describeInBrowser = chromium || isDemanded ? describe : describe.skip;
const name = chromium || isDemanded ? 'the page' : 'the page (skipped: no Chromium is found)';

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

interface Visit {
  readonly page: Page;
  readonly stage: Stage;
  /** Takes a look from within the page. */
  look<T>(
    what: 'buttons' | 'crowdedMarks' | 'faintTexts' | 'focused' | 'overflow' | 'structuralFaults',
  ): Promise<T>;
  readonly server: WatchServer;
}

/** Opens the page, and fails the test for any error in its console or request to elsewhere. */
async function visit(
  options: BrowserContextOptions = {},
  isForeseen = (_trouble: string) => false,
): Promise<Visit> {
  if (browser === undefined) throw new Error('REQUIRE_BROWSER is true, and no Chromium is found.');
  const stage = await startStage();
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

describeInBrowser(name, () => {
  it('shows the chain, and how a dropped answer heals', async () => {
    const { page, stage, server } = await visit();
    const timeline = page.getByRole('list', { name: 'The chain of refresh tokens' });
    const incidents = page.getByRole('list', { name: 'Incidents' });
    const before = await timeline.getByRole('listitem').allInnerTexts();

    await page.getByRole('button', { name: 'Drop the answer' }).click();
    await incidents.getByText('waits for a rotation').waitFor();
    await page.getByRole('status').getByText('A fault is ordered').waitFor();
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await stage.settle();
    server.publish();
    await incidents.getByText('healed', { exact: true }).waitFor();

    const after = await timeline.getByRole('listitem').allInnerTexts();
    expect(before).toHaveLength(2);
    expect(before[0]).toMatch(/^[0-9a-f]{8} current AWSCURRENT/);
    expect(after).toHaveLength(5);
    expect(after[0]).toMatch(/^[0-9a-f]{8} current AWSCURRENT/);
    expect(after[1]).toMatch(/^[0-9a-f]{8} spent AWSPREVIOUS/);
    expect(after[2]).toMatch(/^[0-9a-f]{8} lost on its way/);
    expect(after[3]).toMatch(/^[0-9a-f]{8} spent.*, twice/s);
    expect(await page.getByRole('status').textContent()).toContain('All is well');
    const invocations = page.getByRole('list', { name: 'Invocations' });
    expect(await invocations.textContent()).toMatch(/rotated, by hand/);
    const log = page.getByRole('list', { name: 'The function’s log' });
    expect(await log.textContent()).toMatch(/INFO Asking the provider again/);
  });

  it('shows the token’s life with its marks, and what the last reader got', async () => {
    const { page, stage, server } = await visit();
    await stage.settle();
    server.publish();

    const token = page.getByRole('region', { name: 'Access token' });
    await token.getByText('got a token that works').waitFor();
    expect(await token.getByRole('img').getAttribute('aria-label')).toMatch(
      /^5[78] of 60 minutes left; a rotation is due below 40, an alarm notifies people below 15$/,
    );
  });

  it('is used by keyboard alone, in the order of the document, with the focus in sight', async () => {
    const { page, stage, look } = await visit();
    const buttons = await look<string[]>('buttons');
    const reached: string[] = [];

    for (const _ of buttons) {
      await page.keyboard.press('Tab');
      const focus = await look<{ name: string; isVisible: boolean }>('focused');
      expect(focus?.isVisible).toBe(true);
      reached.push(focus?.name ?? '');
    }
    await page.getByRole('switch', { name: 'Token endpoint down' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('switch', { name: 'Token endpoint down', checked: true }).waitFor();

    expect(buttons).toHaveLength(19);
    expect(reached).toEqual(buttons);
    expect(stage.rehearsal.state().faults.down).toEqual(['provider']);
  });

  it('keeps the focus on a button that cannot be used twice, and takes it only once', async () => {
    const { page, stage, look } = await visit();
    const name = 'Drop the answer';
    await page.getByRole('button', { name }).focus();

    await page.keyboard.press('Enter');
    await page.getByRole('button', { name, disabled: true }).waitFor();
    await page.keyboard.press('Enter');

    expect(await look('focused')).toEqual({ name, isVisible: true });
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(stage.world.provider.pendingFaults).toHaveLength(1);
  });

  it('names its parts, and what each button does', async () => {
    const { page, look } = await visit();

    expect(await look('structuralFaults')).toEqual([]);
    for (const section of ['Break something', 'Put it right', 'Incidents', 'Invocations']) {
      expect(await page.getByRole('region', { name: section }).count()).toBe(1);
    }
    const described = page.getByRole('button', { name: 'Kill the function' });
    expect(await described.getAttribute('aria-describedby')).toBeTruthy();
  });

  it.each(['light', 'dark'] as const)(
    'has enough contrast in the %s scheme',
    async (colorScheme) => {
      const { page, stage, look, server } = await visit({ colorScheme, reducedMotion: 'reduce' });
      // As many states as can be seen at once.
      await stage.act({ name: 'kill-function', body: {} });
      await stage.act({ name: 'rotate', body: {} });
      await stage.settle();
      await stage.act({ name: 'drop-answer', body: {} });
      await stage.act({ name: 'outage', body: { of: 'parameter-store', isDown: true } });
      await stage.act({ name: 'revoke-chain', body: {} });
      server.publish();
      await page.getByRole('switch', { name: 'Parameter Store down', checked: true }).waitFor();

      expect(await look('faintTexts')).toEqual([]);
    },
  );

  it.each([320, 640, 820])('needs no scrolling to the side at %d pixels', async (width) => {
    const { stage, look, server, page } = await visit({ viewport: { width, height: 700 } });
    await stage.act({ name: 'drop-answer', body: {} });
    await stage.act({ name: 'rotate', body: {} });
    await stage.settle();
    server.publish();
    await page.getByText('lost on its way').waitFor();

    expect(await look('overflow')).toBe(0);
    expect(await look('crowdedMarks')).toEqual([]);
  });

  it('says why an action is refused', async () => {
    const { page, stage } = await visit({}, (trouble) => trouble.includes('409 (Conflict)'));
    await stage.act({ name: 'revoke-chain', body: {} });

    await page.getByRole('button', { name: 'Revoke the chain' }).click();

    await page.getByRole('alert').getByText('takes no refresh token of this chain').waitFor();
  });

  it('says that the connection is lost once the tour has ended', async () => {
    const { page, server } = await visit({}, (trouble) => trouble.includes('net::ERR_'));

    await server.close();

    await page.getByRole('status').getByText('The connection to the tour is lost').waitFor();
  });

  it('comes back by itself once the tour goes on at its address', async () => {
    const { page, server, stage } = await visit({}, (trouble) => trouble.includes('net::ERR_'));
    await server.close();
    await page.getByRole('status').getByText('The connection to the tour is lost').waitFor();
    await stage.act({ name: 'drop-answer', body: {} });
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await page.getByRole('alert').getByText('The tour does not answer').waitFor();

    await serve(stage, Number(new URL(server.url).port));

    await page.getByRole('status').getByText('A fault is ordered').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
