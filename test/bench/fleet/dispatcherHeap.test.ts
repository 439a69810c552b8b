import { execFileSync } from 'node:child_process';
import { bundledProgram } from '../../support/bundledProgram';

const program = bundledProgram('test/bench/fleet/measureHeap.ts');

it('keeps no more on the heap for a hundred times as many connections', () => {
  const printed = execFileSync(process.execPath, [program(), '100000'], { encoding: 'utf8' });

  // Names alone would be 100,000 times 30 bytes, at least.
  expect(Number(printed)).toBeLessThan(1_000_000);
  expect(printed).toMatch(/^\d+\n$/);
});
