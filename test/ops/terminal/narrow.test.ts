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
const isWhole = (line: string) => /^\s*\S+$|^ {2,}(->|npm|aws)|^Next: |arn:|https?:/.test(line);

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
  ])('no line is longer: %s %s', async (...argv) => {
    const world = await startWorld();

    const { stdout, stderr } = await world.run(argv.filter(Boolean), '', columns);

    const tooLong = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.length > columns && !isWhole(line));
    expect(tooLong).toEqual([]);
  });
});

it('breaks nothing if it is piped', async () => {
  const world = await startWorld();

  const { stderr } = await world.run(['seed', 'nobody']);

  expect(stderr.split('\n')[0]?.length).toBeGreaterThan(100);
});
