import { join } from 'node:path';
import { build } from 'esbuild';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Rehearse an incident · sfmc-token-rotator</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/main.css">
    <script type="module" src="/main.js"></script>
  </head>
  <body>
    <noscript>This page shows what happens live, and needs JavaScript for that.</noscript>
  </body>
</html>
`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
  <g fill="none" stroke="#2f6fd0" stroke-width="2">
    <rect x="1" y="5" width="8" height="6" rx="3"/>
    <rect x="7" y="5" width="8" height="6" rx="3"/>
  </g>
</svg>
`;

/**
 * Bundles the page in memory, and gives its files by path.
 *
 * @throws esbuild's error if the page's sources are not in order.
 */
export async function bundlePage(): Promise<ReadonlyMap<string, PageFile>> {
  const { outputFiles } = await build({
    entryPoints: ['main.tsx', 'main.css'].map((name) => join(__dirname, 'page', name)),
    outdir: '/',
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const files = new Map<string, PageFile>([
    ['/', { type: 'text/html; charset=utf-8', text: html }],
    ['/icon.svg', { type: 'image/svg+xml', text: icon }],
  ]);
  for (const { path, text } of outputFiles) {
    const type = path.endsWith('.css') ? 'text/css' : 'text/javascript';
    files.set(path, { type: `${type}; charset=utf-8`, text });
  }
  return files;
}
