import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';

export const root = path.join(__dirname, '..', '..');

export interface Block {
  readonly language: string;
  readonly code: string;
}

export interface Page {
  /** From the repository's root, such as `docs/deploy.md`. */
  readonly path: string;
  readonly text: string;
  /** Fenced ones, in their order. */
  readonly blocks: readonly Block[];
  /** Spans of code in running text and tables. */
  readonly spans: readonly string[];
  /** Where links and images lead, as written. */
  readonly links: readonly string[];
  /** Of the headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
  readonly tables: readonly Table[];
}

/** Each row by its columns' headings; cells as plain text. */
export type Table = readonly Readonly<Record<string, string>>[];

/** Every page that a reader may open. */
export const pages: readonly Page[] = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...['examples/embed/README.md', 'test/model/README.md'],
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
].map(readPage);

export function page(file: string): Page {
  const found = pages.find(({ path: known }) => known === file);
  if (!found) throw new Error(`There is no page ${file}.`);
  return found;
}

/** A column of the first of the page's tables that has it, sorted. */
export function column(file: string, heading: string): readonly string[] {
  const table = page(file).tables.find(([row = {}]) => heading in row) ?? [];
  return table.map((row) => row[heading] ?? '').sort();
}

function readPage(file: string): Page {
  const text = readFileSync(path.join(root, file), 'utf8');
  const blocks: Block[] = [];
  const spans: string[] = [];
  const links: string[] = [];
  const headings: string[] = [];
  const tables: Table[] = [];
  walkTokens(lexer(text), (token) => {
    if (token.type === 'code') blocks.push({ language: token.lang ?? '', code: token.text });
    if (token.type === 'codespan') spans.push(unescaped(token.text));
    if (token.type === 'link' || token.type === 'image') links.push(token.href);
    if (token.type === 'heading') headings.push(plain(token.tokens));
    if (token.type === 'table') tables.push(tableOf(token as Tokens.Table));
  });
  return { path: file, text, blocks, spans, links, anchors: anchorsOf(headings), tables };
}

function tableOf({ header, rows }: Tokens.Table): Table {
  const names = header.map(({ tokens }) => plain(tokens));
  return rows.map((row) =>
    Object.fromEntries(row.map(({ tokens }, at) => [names[at] ?? '', plain(tokens)])),
  );
}

function plain(tokens: readonly Token[] | undefined): string {
  return (tokens ?? [])
    .map((token) => {
      if ('tokens' in token && token.tokens) return plain(token.tokens);
      return 'text' in token ? unescaped(token.text) : '';
    })
    .join('');
}

/** The parser gives code and text as they go into HTML. */
function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** A heading that comes again gets a number. */
function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let at = 1; anchors.has(anchor); at++) anchor = `${slug}-${at}`;
    anchors.add(anchor);
  }
  return anchors;
}
