import { serve } from './support';
import { describeInBrowser, looks, visit } from './visit';

describeInBrowser('the page', () => {
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

  it('is used by keyboard alone, in the order of the document, with the focus in sight', async () => {
    const { page, stage, look, server } = await visit();
    await stage.act({ name: 'kill-function', body: {} });
    await stage.act({ name: 'rotate', body: {} });
    await stage.settle();
    await stage.pass(2);
    server.publish();
    await page.getByRole('link', { name: /^Incident 1, .* healed by the software/ }).waitFor();
    const stops = await look<string[]>('stops');
    const reached: string[] = [];

    for (const _ of stops) {
      await page.keyboard.press('Tab');
      const focus = await look<{ name: string; isVisible: boolean }>('focused');
      expect(focus?.isVisible).toBe(true);
      reached.push(focus?.name ?? '');
    }
    await page.getByRole('switch', { name: 'Token endpoint down' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('switch', { name: 'Token endpoint down', checked: true }).waitFor();

    expect(await page.getByRole('button').count()).toBe(16);
    expect(await page.getByRole('switch').count()).toBe(4);
    expect(reached).toEqual(stops);
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

  it.each(looks)(
    'has enough contrast at $width pixels in the $colorScheme scheme',
    async ({ width, colorScheme }) => {
      const { page, stage, look, server } = await visit({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      // As many states as can be seen at once.
      await stage.act({ name: 'kill-function', body: {} });
      await stage.act({ name: 'rotate', body: {} });
      await stage.settle();
      await stage.act({ name: 'drop-answer', body: {} });
      await stage.act({ name: 'outage', body: { of: 'parameter-store', isDown: true } });
      await stage.act({ name: 'revoke-chain', body: {} });
      await stage.act({ name: 're-seed', body: {} });
      server.publish();
      await page.getByRole('switch', { name: 'Parameter Store down', checked: true }).waitFor();
      await page.getByText('The time line as a table').click();

      expect(await look('faintTexts')).toEqual([]);
      expect(await look('faintShapes')).toEqual([]);
    },
  );

  it.each([320, 390, 640, 820, 1280])(
    'needs no scrolling to the side at %d pixels',
    async (width) => {
      const { stage, look, server, page } = await visit({ viewport: { width, height: 700 } });
      await stage.act({ name: 'drop-answer', body: {} });
      await stage.act({ name: 'rotate', body: {} });
      await stage.settle();
      server.publish();
      await page.getByText('lost on its way').waitFor();
      await page.getByText('The time line as a table').click();

      expect(await look('overflow')).toBe(0);
      expect(await look('crowdedTexts')).toEqual([]);
    },
  );

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
