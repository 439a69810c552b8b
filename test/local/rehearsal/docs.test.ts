import { runbookSection, runbookSections } from '../../../local/rehearsal/runbook';
import { serveAlone } from './support';

describe('the documentation that the page leads to', () => {
  it('has each section of the runbook that an incident names', async () => {
    const { url } = await serveAlone();
    const names = Object.keys(runbookSections) as (keyof typeof runbookSections)[];

    for (const { title, path } of names.map(runbookSection)) {
      const { pathname, hash } = new URL(path, url);
      const text = await (await fetch(url + pathname)).text();
      expect(text).toContain(`<h2 id="${hash.slice(1)}" tabindex="-1">${title}</h2>`);
    }
  });

  it('leads on to its own pages and sections alone, under the page’s policy', async () => {
    const { url } = await serveAlone();
    const answer = await fetch(`${url}/docs/runbook.md`);
    const text = await answer.text();
    const targets = [...text.matchAll(/<a href="([^"]+)"/g)].map(
      ([, href = '']) => new URL(href, `${url}/docs/runbook.md`),
    );

    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    expect(text).not.toMatch(/<script|style=|https?:\/\/(?!127)[^<]*"/);
    expect(targets.length).toBeGreaterThan(10);
    for (const { origin, pathname, hash } of targets) {
      const page = await fetch(url + pathname);
      expect([origin, page.status]).toEqual([url, 200]);
      if (hash) expect(await page.text()).toContain(`id="${hash.slice(1)}"`);
    }
  });

  it.each([
    '/docs/',
    '/docs/nothing.md',
    '/docs/../README.md',
    '/docs/%2e%2e/README.md',
    '/docs/watch.png',
  ])('has nothing at %s', async (path) => {
    const { url } = await serveAlone();

    expect((await fetch(url + path)).status).toBe(404);
  });
});
