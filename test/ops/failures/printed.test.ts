import { PassThrough } from 'node:stream';
import {
  calledAs,
  nameProgram,
  printed,
  printedJson,
  targetIn,
} from '../../../ops/failures/printed';
import { Terminal } from '../../../ops/terminal/terminal';
import { wrap } from '../../../ops/terminal/text';

const hostile = '\u001b]0;own\u0007\u001b[2J\u009b31m\u202egnp.exe\u2066\nfake: ok\r\u007f';

describe('what is printed', () => {
  it('has nothing in it that a terminal would obey, and begins no line of its own', () => {
    const line = printed(`clientId ${hostile}`);

    expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/u);
    expect(line).toContain('\\u001b]0;own\\u0007');
    expect(line).toContain(' fake: ok');
  });

  it('is escaped in JSON, and read back as it was', () => {
    const text = printedJson({ clientId: hostile });

    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(JSON.parse(text)).toEqual({ clientId: hostile });
  });

  it('has the colours of the program alone', async () => {
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
    const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() };
    const terminal = new Terminal(streams, 'table', {});

    terminal.result({}, () =>
      terminal.table(['name', 'verdict'], [[hostile, terminal.paint('\u001b[32mok', 'bad')]]),
    );
    await terminal.printResult(async () => ({ account: null, region: null }));
    terminal.progress(hostile);

    const shown = `${stdout.read()}${streams.stderr.read()}`;
    expect(shown).toContain('\u001b[31m\\u001b[32mok\u001b[39m');
    const own = ['1', '22', '31', '39'].map((code) => `\u001b[${code}m`);
    const others = [...own, '\n'].reduce((text, each) => text.replaceAll(each, ''), shown);
    expect(others).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(shown.split('\n')).toHaveLength(4);
  });
});

describe('a hint', () => {
  afterEach(() => nameProgram('npm run ops --'));

  it.each([
    ['/clone/scripts/ops.cjs', {}, 'npm run ops --'],
    ['/clone/ops/main.ts', {}, 'npm run ops --'],
    ['/clone/dist/ops/main.cjs', {}, 'node dist/ops/main.cjs'],
    ['/else/where/main.cjs', {}, 'node /else/where/main.cjs'],
    ['/my app/node_modules/.bin/sfmc-token-rotator', {}, 'npx sfmc-token-rotator'],
    ['/cache/_npx/1/main.cjs', { npm_command: 'exec' }, 'npx sfmc-token-rotator'],
    ['/usr/local/bin/sfmc-token-rotator', {}, 'sfmc-token-rotator'],
    ['/else/where/bin/ops', {}, 'ops'],
  ])('of %s names the program as it was called', (file, env, expected) => {
    nameProgram(calledAs(file, env, '/clone'));

    expect(printed('Next: npm run ops -- status acme')).toBe(`Next: ${expected} status acme`);
    expect(JSON.parse(printedJson({ next: 'npm run ops -- list' }))).toEqual({
      next: `${expected} list`,
    });
  });

  it.each([
    [['status', 'acme', '--local'], ['--local']],
    [
      ['list', '--profile', 'production', '--region=eu-west-1'],
      ['--profile', 'production', '--region', 'eu-west-1'],
    ],
    [
      ['--endpoint-url', 'http://127.0.0.1:4566', 'doctor'],
      ['--endpoint-url', 'http://127.0.0.1:4566'],
    ],
    [
      ['list', '--profile', 'two words'],
      ['--profile', '"two words"'],
    ],
    [['seed', 'acme', '--client-id', 'x', '--json', '--region'], []],
  ])('after %j looks at the same account and Region', (argv, expected) => {
    nameProgram('npm run ops --', targetIn(argv));

    const target = expected.join(' ');
    expect(printed(wrap('See "npm run ops -- status acme".', 200).join())).toBe(
      `See "npm run ops -- ${target && `${target} `}status acme".`,
    );
  });

  it('keeps a command in one line if that is wide enough', () => {
    const text = 'The token expired 2 hours ago: see "npm run ops -- doctor acme" and more.';

    expect(wrap(text, 40)).toEqual([
      'The token expired 2 hours ago: see',
      '"npm run ops -- doctor acme" and more.',
    ]);
    expect(wrap(text, 20).every((line) => line.length <= 20)).toBe(true);
  });
});
