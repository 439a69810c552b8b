import type { Story } from '../../../local/tour/story';
import type { Stage } from './support';
import { describeInBrowser, looks, type Visit, visit } from './visit';

const phone = { viewport: { width: 390, height: 844 } };

/** The function is killed and heals by itself; then the chain is revoked, and a person re-seeds. */
async function healAndMend({ stage, server }: Visit): Promise<void> {
  await stage.act({ name: 'kill-function', body: {} });
  await stage.act({ name: 'rotate', body: {} });
  await stage.settle();
  await stage.pass(25);
  await stage.act({ name: 'revoke-chain', body: {} });
  await rotate(stage);
  await stage.act({ name: 're-seed', body: {} });
  await stage.pass(3);
  server.publish();
}

async function rotate(stage: Stage): Promise<void> {
  await stage.act({ name: 'rotate', body: {} });
  await stage.settle();
}

/** As the tour leaves it: with a chain that was revoked, and another in its place. */
async function leaveRevokedChain(story: Story): Promise<void> {
  const { provider, advance, now } = story.world;
  provider.model.revokeChain(story.currentTokens().refreshToken ?? '');
  advance(60 * 60_000);
  const refreshToken = provider.model.startChain('user', now());
  story.noteOrigin('login');
  await story.operator.seed(refreshToken);
  await story.tick('rotated');
}

describeInBrowser('the time line of the token’s life', () => {
  it('says what is left, what its limits are, and what the last reader got', async () => {
    const { page, stage, server } = await visit();
    await stage.settle();
    server.publish();

    const token = page.getByRole('region', { name: 'Access token' });
    await token.getByText('got a token that works').waitFor();
    const limits =
      /^5[78] of 60 minutes left; a rotation is due below 40, an alarm notifies people below 15$/;
    expect(await token.getByRole('img', { name: limits }).count()).toBe(1);
  });

  it('reads as a graph to who does not see it: title, summary, marks by name, and a table', async () => {
    const visited = await visit();
    const { page } = visited;
    await healAndMend(visited);
    await page
      .getByText('2 incidents: 1 healed by the software, 1 put right by a person')
      .waitFor();
    await page.getByText('The time line as a table').click();

    const figure = page.getByRole('figure');
    const image = figure.getByRole('img');
    const summary = await image.getAttribute('aria-describedby');
    const marks = figure.getByRole('list', { name: 'What happened' }).getByRole('link');
    const names = await marks.evaluateAll((links) =>
      links.map((link) =>
        link.querySelector('.unseen')?.textContent?.replace(/\d\d:\d\d:\d\d/, 'then'),
      ),
    );
    const rows = await figure.getByRole('row').allInnerTexts();

    expect(await page.locator(`[id="${summary}"]`).textContent()).toMatch(
      /^Since 08:02:\d\d: renewed \d times, .+\. 2 incidents: 1 healed/,
    );
    expect(names).toEqual([
      expect.stringMatching(/^Incident 1, then: The function is killed .*, healed by the software/),
      expect.stringMatching(/^Incident 2, then: An admin.* the chain, put right by a person after/),
      'By hand, then: A person asked for a rotation',
      'By hand, then: A person asked for a rotation',
      'By hand, then: A person logged in and re-seeded',
    ]);
    const times = rows.slice(1).map((row) => row.slice(0, 8));
    expect(rows[0]).toMatch(/^Time\s+What\s+Left then$/);
    expect(times).toEqual([...times].sort());
    expect(rows.join('\n')).toMatch(/A new access token\s+59 min/);
    expect(rows.join('\n')).toMatch(/Incident 1 is healed by the software/);
    expect(rows.join('\n')).toMatch(/Incident 2 is put right by a person/);
    expect(rows.join('\n')).toMatch(/The secret holds no access token\s+nothing/);
  });

  it('distinguishes what healed by itself from what a person did, in words and in shapes', async () => {
    const visited = await visit();
    const { page } = visited;
    await healAndMend(visited);
    const items = page.getByRole('list', { name: 'Incidents' }).locator('> li');
    await items.getByText('put right by a person', { exact: true }).waitFor();

    const killed = items.filter({ hasText: 'The function is killed' });
    const revoked = items.filter({ hasText: 'An administrator revoked the chain' });
    const seeded = items.filter({ hasText: 'npm run ops -- seed demo --replace' });
    const shapes = (mark: string) => page.locator(`a.mark[href="#${mark}"]`);

    expect(await killed.textContent()).toMatch(/healed.*Healed by the software after 1 min/);
    expect(await revoked.textContent()).toMatch(
      /Put right by a person after .*A person logged in and re-seeded, \d\d:\d\d:\d\d/,
    );
    expect(await seeded.textContent()).toContain('by hand');
    expect(await shapes('incident-1').locator('circle.software').count()).toBe(1);
    expect(await shapes('incident-1').locator('.person').count()).toBe(0);
    expect(await shapes('incident-2').locator('.person').count()).toBe(1);
    expect(await shapes('incident-2').locator('circle.software').count()).toBe(0);
    expect(await shapes('repair-3').locator('.shape').count()).toBe(0);
  });

  it('leads from a mark to the incident, its invocations, log lines and runbook section', async () => {
    const visited = await visit();
    const { page } = visited;
    await healAndMend(visited);
    const reached = () => page.evaluate<string>('document.activeElement?.textContent');
    const incident = page.locator('#incident-2');

    await page
      .getByRole('link', { name: /^Incident 2,/ })
      .first()
      .press('Enter');
    expect(await reached()).toContain('An administrator revoked the chain');
    await incident.getByRole('link', { name: 'ChainBroken', exact: false }).press('Enter');
    expect(await reached()).toMatch(/ChainBroken.*AWS: GetSecretValue/);
    await page.locator('li:target').getByRole('link', { name: 'Incident 2' }).press('Enter');
    expect(await reached()).toContain('An administrator revoked the chain');
    await incident.getByRole('link', { name: /^ERROR Connection "demo"/ }).press('Enter');
    expect(await reached()).toMatch(/ERROR.*code=ChainBroken/);
    const opening = page.waitForEvent('popup');
    await incident.getByRole('link', { name: 'Chain broken (opens a new tab)' }).press('Enter');
    const runbook = await opening;
    await runbook.waitForLoadState();

    expect(new URL(runbook.url()).pathname).toBe('/docs/runbook.md');
    expect(await runbook.locator('h2:target').textContent()).toBe('Chain broken');
    expect(await runbook.locator('h2:target').isVisible()).toBe(true);
  });

  it.each([
    ['a day', 24 * 60],
    ['700 days', 1_008_000],
  ])('stays readable when the clock has moved by %s', async (span, minutes) => {
    const { page, stage, server, look } = await visit(phone);
    await stage.pass(40);
    await stage.act({ name: 'move-clock', body: { minutes } });
    await stage.pass(10);
    server.publish();

    await page.locator('#incident-1').getByText(`The clock moved by ${span}`).waitFor();
    const mark = page.getByRole('link', { name: /^Incident 1,/ }).first();
    const line = page.locator('.life .when').first();
    const [markBox, lineBox] = [await mark.boundingBox(), await line.boundingBox()];
    // The mark's middle stands below its time on the line, which is in sight.
    expect(lineBox?.x).toBeGreaterThan(40);
    expect(Math.abs((markBox?.x ?? 0) + 12 - (lineBox?.x ?? 0))).toBeLessThanOrEqual(1);
    expect(await look('crowdedTexts')).toEqual([]);
    expect(await look('overflow')).toBe(0);
  });
});

describeInBrowser('a page that was just opened', () => {
  it.each(looks)(
    'is calm at $width pixels in the $colorScheme scheme, whatever the tour had broken',
    async ({ width, colorScheme }) => {
      const { page, look } = await visit({
        setUp: leaveRevokedChain,
        viewport: { width, height: 900 },
        colorScheme,
      });

      expect(await page.getByRole('status').textContent()).toContain('All is well');
      expect(await look('alarmingParts')).toEqual([]);
      expect(await look('emptyParts')).toEqual([]);
      expect(await page.getByRole('table').count()).toBe(0);
      expect(await look('structuralFaults')).toEqual([]);
    },
  );
});

describeInBrowser('what came of a button, on a phone', () => {
  /** How far below the button its words begin, in pixels. */
  async function distance({ page }: Visit, button: string, words: string): Promise<number> {
    const control = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('button', { name: button }) });
    const result = control.getByText(words);
    await result.waitFor();
    const [above, below] = [
      await control.getByRole('button').boundingBox(),
      await result.boundingBox(),
    ];
    return (below?.y ?? Number.NaN) - (above?.y ?? Number.NaN) - (above?.height ?? Number.NaN);
  }

  it('stands beside it, from the order to the healing', async () => {
    const visited = await visit(phone);
    const { page, stage, server, look } = visited;

    await page.getByRole('button', { name: 'Kill the function' }).click();
    const ordered = await distance(visited, 'Kill the function', 'waits for a rotation');
    await page.getByRole('button', { name: 'Rotate now' }).click();
    const asked = await distance(visited, 'Rotate now', 'waits in the queue');
    await stage.settle();
    await stage.pass(2);
    server.publish();
    const healed = await distance(visited, 'Kill the function', 'healed by the software');

    expect(Math.max(ordered, asked, healed)).toBeLessThan(120);
    expect(Math.min(ordered, asked, healed)).toBeGreaterThan(0);
    expect(await look('overflow')).toBe(0);
  });

  it('stands beside it also if it is refused', async () => {
    const visited = await visit(phone, (trouble) => trouble.includes('409 (Conflict)'));
    await visited.stage.act({ name: 'revoke-chain', body: {} });

    await visited.page.getByRole('button', { name: 'Revoke the chain' }).click();

    const words = 'takes no refresh token of this chain';
    expect(await distance(visited, 'Revoke the chain', words)).toBeLessThan(120);
    expect(await visited.page.getByRole('alert').count()).toBe(1);
  });
});
