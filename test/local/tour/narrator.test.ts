import { stripVTControlCharacters } from 'node:util';
import { columnsOf } from '../../../local/tour/layout';
import { Narrator } from '../../../local/tour/narrator';

const rows = [
  ['chain', 'token', 'issued', 'state'],
  ['1', '0123abcd', '08:00:00', 'spent'],
  ['2', '4567cdef', '', 'current'],
];

/** What a narrator says of everything that it can, in lines of so many columns. */
async function printed(columns: number): Promise<string[]> {
  let out = '';
  const write = (text: string) => {
    out += text;
  };
  const narrator = new Narrator(write, () => 0, { columns: () => columns });
  const text = 'A refresh token works once, and each use returns the one to use next.';
  narrator.title(text, text);
  narrator.chapter('A chapter with a title that is longer than that', text);
  await narrator.step(text, async () => text);
  narrator.table('Table', text, rows);
  narrator.list('List', [['name', text]]);
  narrator.failure(text, [text]);
  return stripVTControlCharacters(out).split('\n');
}

it.each([40, 60, 80, 100])('the story fits a terminal of %i columns', async (columns) => {
  const lines = await printed(columns);

  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
});

it('a table has a block for each row if the terminal is too narrow', async () => {
  expect(await printed(100)).toContain('  2      4567cdef            current');
  const narrow = (await printed(30)).join(' ').replace(/\s+/g, ' ');
  expect(narrow).toContain('chain 2, token 4567cdef, issued -, state current');
});

it.each([
  [undefined, 100],
  [200, 100],
  [80, 80],
  [10, 40],
])('a stream of %j columns gets lines of at most %i', (columns, expected) => {
  expect(columnsOf({ columns })).toBe(expected);
});
