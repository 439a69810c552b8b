import { deflateSync, inflateSync } from 'node:zlib';
import { indexedPng } from '../../../local/watch/indexedPng';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

/** Without a checksum: the reader of a picture that was just made asks for none. */
function chunk(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, Buffer.from(type), body, Buffer.alloc(4)]);
}

function header(width: number, height: number, colourType: number): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body.set([8, colourType], 8);
  return chunk('IHDR', body);
}

function chunksOf(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

/** Two pixels a row, one row for each of PNG's five filters, as the differences that they send. */
const filtered = [
  [0, 10, 20, 30, 40, 50, 60],
  [1, 10, 20, 30, 30, 30, 30],
  [2, 1, 1, 1, 1, 1, 1],
  [3, 5, 5, 5, 5, 5, 5],
  [4, 1, 2, 3, 4, 5, 6],
];

const pixels = [
  [10, 20, 30, 40, 50, 60],
  [10, 20, 30, 40, 50, 60],
  [11, 21, 31, 41, 51, 61],
  [10, 15, 20, 30, 38, 45],
  [11, 17, 23, 34, 43, 51],
];

describe('a picture with a palette', () => {
  it('shows what the first one shows, whatever filters that was sent with', () => {
    const png = Buffer.concat([
      signature,
      header(2, 5, 2),
      chunk('IDAT', deflateSync(Buffer.from(filtered.flat()))),
      chunk('IEND', Buffer.alloc(0)),
    ]);

    const chunks = chunksOf(indexedPng(png));

    const palette = chunks.get('PLTE') ?? Buffer.alloc(0);
    const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
    const shown = pixels.map((_, y) =>
      [1, 2].flatMap((x) => {
        const index = rows[y * 3 + x] ?? 0;
        return [...palette.subarray(index * 3, index * 3 + 3)];
      }),
    );
    expect(shown).toEqual(pixels);
    expect(chunks.get('IHDR')?.[9]).toBe(3);
  });

  it('is made of 8-bit RGB alone', () => {
    const png = Buffer.concat([signature, header(1, 1, 6), chunk('IDAT', deflateSync(''))]);

    expect(() => indexedPng(png)).toThrow('not 8-bit RGB');
  });
});
