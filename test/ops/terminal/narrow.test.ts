import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { Terminal } from '../../../ops/terminal/terminal';
import { fitted } from '../../../ops/terminal/text';
import { deployFleet, installInFleet } from '../support/fleet';
import { install, printingFunction } from '../support/installed';
import { type OpsWorld, startOpsWorld } from '../support/opsWorld';

async function startWorld(): Promise<OpsWorld> {
  const world = await startOpsWorld({ function: printingFunction });
  install(world);
  deployFleet(world);
  installInFleet(world, 'marketing-prod-emea');
  world.stored('marketing-prod-emea').put('{}');
  world.stored().putParameter('client-secret-next', world.nextSecret());
  world.stored('left').putParameter('client-secret', world.nextSecret());
  return world;
}

/** What cannot be broken: a command to copy, an ARN, a URL. */
const isWhole = (line: string) =>
  /^\s*\S+$|^ {2,}(->|npm|aws|password-manager|bash, zsh:|fish:)|^Next: |arn:|https?:/.test(line);

describe.each([60, 80])('in a terminal of %d columns', (columns) => {
  it.each([
    ['list'],
    ['status'],
    ['status', 'acme'],
    ['doctor'],
    ['recover', 'acme'],
    ['remove', 'left', '--dry-run'],
    ['seed', 'acme', '--replace', '--dry-run'],
    ['rotate', 'acme', '--dry-run'],
    ['seed', 'acme'],
    ['seed', 'nobody'],
    ['promote-secret', 'marketing-prod-emea'],
    ['--help'],
    ...[
      ...['list', 'status', 'doctor', 'seed', 'rotate', 'stage-secret', 'promote-secret'],
      ...['unstage-secret', 'rekey', 'recover', 'remove', 'completion'],
    ].map((command) => [command, '--help']),
  ])('no line is longer: %s %s', async (...argv) => {
    const world = await startWorld();

    const { stdout, stderr } = await world.run(argv.filter(Boolean), '', columns);

    const tooLong = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.length > columns && !isWhole(line));
    expect(tooLong).toEqual([]);
  });
});

it('a block of a narrow terminal leaves out the cells that are empty', () => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
  const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() };
  const terminal = new Terminal(streams, 'table', { NO_COLOR: '1' });

  const lines = terminal.table(['place', 'issued', 'verdict'], [['AWSCURRENT', '', 'refused']]);

  expect(lines.map((line) => line.trimEnd())).toEqual(['AWSCURRENT', '  verdict: refused']);
});

it('fills a line that is coloured in part', async () => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
  const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() };
  const terminal = new Terminal(streams, 'table', {});
  const coloured = terminal.paint('Staged the client secret of acme', 'good');

  terminal.result({}, () => [`${coloured} in /sfmc/acme/client-secret-next. It is taken.`]);
  await terminal.printResult(async () => ({ account: null, region: null }));

  expect(stripVTControlCharacters(String(stdout.read()))).toBe(
    'Staged the client secret of acme in\n  /sfmc/acme/client-secret-next. It is taken.\n',
  );
});

it.each([
  [
    '19:00:09 INFO   Rotation finished  outcome=fresh  secondsToExpiry=3594',
    ['19:00:09 INFO Rotation finished', '  outcome=fresh', '  secondsToExpiry=3594'],
  ],
  [
    'Asked again  attempts=2  problem="no answer"',
    ['Asked again attempts=2', '  problem="no answer"'],
  ],
])('breaks a line of the log between its fields: %s', (line, expected) => {
  expect(fitted(line, 33)).toEqual(expected);
});

it('breaks nothing if it is piped', async () => {
  const world = await startWorld();

  const { stderr } = await world.run(['seed', 'nobody']);

  expect(stderr.split('\n')[0]?.length).toBeGreaterThan(100);
});
