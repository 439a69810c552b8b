import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type Block, page, pages, root } from './markdown';

const isRelative = (link: string) => !/^[a-z]+:/.test(link);

/** Why a link leads nowhere; undefined if it leads somewhere. */
function problemOf(link: string, from: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : path.posix.join(path.posix.dirname(from), file);
  if (!existsSync(path.join(root, target))) return `${from}: ${link}: there is no ${target}`;
  if (anchor === undefined) return undefined;
  return page(target).anchors.has(anchor) ? undefined : `${from}: ${link}: no such heading`;
}

/** Files and folders of the repository, as text names them: from its root. */
const ofRepository =
  /^(bench|docs|examples|infra|lambda|local|ops|scripts|test|\.ci|\.github|\.githooks|\.vscode)\/[\w./-]*$/;
/** Within `lambda/`, where the text has said so. */
const ofLambda = /^(core|dispatcher|effects|reader|rotator)\/[\w./-]+$/;
const isFileName = /^[\w-]+\.tsx?$/;

const sources = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(node_modules|dist|\.git)$/.test(entry.name))
  .flatMap(({ name }) => readdirSync(path.join(root, name), { recursive: true, encoding: 'utf8' }))
  .map((file) => path.basename(file));

function isThere(name: string): boolean {
  if (isFileName.test(name)) return sources.includes(name);
  return existsSync(path.join(root, ofLambda.test(name) ? `lambda/${name}` : name));
}

/** What a diagram names. */
const inDiagrams = (blocks: readonly Block[]) =>
  blocks
    .filter(({ language }) => language === 'mermaid')
    .flatMap(({ code }) => code.match(/[\w/]+\.ts\b/g) ?? []);

/** Their files are those of their day. */
const isOfThePast = (file: string) => file === 'CHANGELOG.md' || /decisions\/\d/.test(file);

it('the documents lead each relative link to a file, and each anchor to a heading', () => {
  const links = pages.flatMap(({ path: from, links: all }) =>
    all.filter(isRelative).map((link) => ({ from, link })),
  );

  expect(links.length).toBeGreaterThan(100);
  expect(links.flatMap(({ from, link }) => problemOf(link, from) ?? [])).toEqual([]);
});

it('a link to nowhere is found', () => {
  expect(problemOf('no-such-page.md', 'docs/deploy.md')).toMatch(/there is no/);
  expect(problemOf('deploy.md#no-such-heading', 'docs/errors.md')).toMatch(/no such heading/);
  expect(problemOf('#no-such-heading', 'docs/errors.md')).toMatch(/no such heading/);
});

it('the documents name only files and folders that are there', () => {
  const named = pages
    .filter(({ path: file }) => !isOfThePast(file))
    .flatMap(({ path: file, spans, blocks }) =>
      [...spans, ...inDiagrams(blocks)]
        .filter((name) => [ofRepository, ofLambda, isFileName].some((shape) => shape.test(name)))
        .map((name) => ({ file, name })),
    );

  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(({ name }) => !isThere(name))).toEqual([]);
});

it('the README leads to every page of docs', () => {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const link of page(file).links.filter(isRelative)) {
      const target = path.posix.join(path.posix.dirname(file), link.split('#')[0] ?? '');
      if (pages.some(({ path: known }) => known === target)) visit(target);
    }
  };
  visit('README.md');

  const documents = pages.map(({ path: file }) => file).filter((file) => file.startsWith('docs/'));
  expect(documents.filter((file) => !reached.has(file))).toEqual([]);
});
