import type { Demo } from '../../../local/demo/demo';
import { guideOf } from '../../../local/demo/guide';
import { newsIn } from '../../../local/demo/news';

const demo = {
  aws: { url: 'http://127.0.0.1:4566' },
  provider: { url: 'http://127.0.0.1:40001' },
  functionName: 'sfmc-token-rotator-local',
} as unknown as Demo;

describe.each([60, 80])('in a terminal of %d columns the demo', (columns) => {
  it('breaks none of its words', () => {
    const guide = guideOf(demo, { port: 4566, providerPort: 0, paceMs: 30_000 }, columns);

    const prose = guide.split('\n').filter((line) => !/^ {2}(npm|curl|aws|export) /.test(line));
    expect(prose.filter((line) => line.length > columns)).toEqual([]);
    expect(guide).toContain('npm run --silent ops -- rotate example --force --local\n');
  });

  it('breaks an error of the function between words, beside the time', () => {
    const message = 'no usable answer from Marketing Cloud in 16 attempt(s); '.repeat(3).trim();
    const line = JSON.stringify({ level: 'ERROR', connection: 'example', message });

    const lines = newsIn(line, 0, columns)?.split('\n') ?? [];

    expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((each) => each.length > columns)).toEqual([]);
    expect(lines[0]).toMatch(/^00:00:00 {2}example no usable/);
    expect(lines.slice(1).every((each) => /^ {10}\S/.test(each))).toBe(true);
  });
});
