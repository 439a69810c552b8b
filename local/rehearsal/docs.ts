import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked } from 'marked';
import type { PageFile } from './page';

const folder = join(__dirname, '..', '..', 'docs');

/** The documentation by its paths on the page's server, `/docs/runbook.md` among them. */
export class Docs {
  readonly #names = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.md'),
    ),
  );

  /** Undefined for what is no page of it. */
  page(path: string): PageFile | undefined {
    const name = nameIn(path);
    if (name === undefined || !this.#names.has(name)) return undefined;
    const body = this.#rendered(readFileSync(join(folder, name), 'utf8'), path);
    return { type: 'text/html; charset=utf-8', text: pageOf(name, body) };
  }

  #rendered(markdown: string, path: string): string {
    const names = this.#names;
    const anchors = new Map<string, number>();
    const marked = new Marked({
      renderer: {
        heading(text, level, raw) {
          const anchor = anchorOf(raw);
          const earlier = anchors.get(anchor) ?? 0;
          anchors.set(anchor, earlier + 1);
          const id = earlier === 0 ? anchor : `${anchor}-${earlier}`;
          return `<h${level} id="${id}" tabindex="-1">${text}</h${level}>\n`;
        },
        // A link to what is not served here is left as its text.
        link(href, _, text) {
          const { origin, pathname } = new URL(href, `http://page${path}`);
          const isHere = origin === 'http://page' && names.has(nameIn(pathname) ?? '');
          return isHere ? `<a href="${href}">${text}</a>` : text;
        },
        image: (_, __, text) => text,
      },
    });
    return String(marked.parse(markdown));
  }
}

const nameIn = (path: string) => /^\/docs\/(.+)$/.exec(path)?.[1];

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

const pageOf = (name: string, body: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${name} · sfmc-token-rotator</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/main.css">
  </head>
  <body>
    <main class="doc">
${body}
    </main>
  </body>
</html>
`;
