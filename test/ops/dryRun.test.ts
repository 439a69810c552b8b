import { stagedAtProvider, writes } from './support/clientSecrets';
import { deployFleet, feedFrom, installInFleet } from './support/fleet';
import { printingFunction } from './support/installed';
import { type OpsWorld, startOpsWorld } from './support/opsWorld';

async function startWorld(): Promise<OpsWorld> {
  const world = await startOpsWorld({ function: printingFunction });
  const { queueUrl } = deployFleet(world);
  feedFrom(world, queueUrl);
  installInFleet(world);
  return world;
}

const made = ({ provider }: OpsWorld) => [
  ...['--client-id', provider.clientId, '--auth-base-url', provider.url],
];

it.each<[string, (world: OpsWorld) => string[], RegExp]>([
  [
    'seed of a new connection',
    (world) => ['seed', 'new', ...made(world)],
    /make the secret sfmc\/new\.\n.*first refresh token\.\n.*\/sfmc\/new\/config\.\n/s,
  ],
  [
    'seed --replace',
    () => ['seed', 'acme', '--replace'],
    /store the token set in sfmc\/acme, in the place of the chain in/,
  ],
  [
    'rotate',
    () => ['rotate', 'acme'],
    /by a message to\s+\S+\/fleet\.fifo,\s+unless the token is fresh/,
  ],
  ['remove', () => ['remove', 'acme'], /delete \/sfmc\/acme\/config\..*restored\s+for 30 days/s],
  ['promote-secret', () => ['promote-secret', 'acme'], /into\s+\/sfmc\/acme\/client-secret\.\n/],
])('%s --dry-run says what would be done, and changes nothing', async (_, argv, expected) => {
  const world = await startWorld();
  world.stored().putParameter('client-secret-next', stagedAtProvider(world));
  const before = world.stored().current();

  const ran = await world.run([...argv(world), '--dry-run']);
  const json = await world.run([...argv(world), '--dry-run', '--json']);

  expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ran.stdout).toMatch(expected);
  expect(ran.stdout).toMatch(/\nNothing was changed\.\n$/);
  expect(json.json()).toMatchObject({ outcome: 'dryRun', would: expect.any(Array) });
  expect(writes(world)).toEqual([]);
  expect(
    world.aws.calls.filter(({ operation }) => /^(Send|Invoke|Create)/.test(operation)),
  ).toEqual([]);
  expect(world.stored().current()).toEqual(before);
});

it('stage-secret --dry-run tries the client secret, and stores nothing', async () => {
  const world = await startWorld();

  const works = await world.run(
    ['stage-secret', 'acme', '--stdin', '--dry-run'],
    stagedAtProvider(world),
  );
  const wrong = await world.run(
    ['stage-secret', 'acme', '--stdin', '--dry-run'],
    world.nextSecret(),
  );

  expect(works).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('which works') });
  expect(wrong.exitCode).toBe(3);
  expect(writes(world)).toEqual([]);
});

it.each([['promote-secret'], ['remove']])(
  '%s --dry-run refuses what would be refused',
  async (command) => {
    const world = await startWorld();

    const ran = await world.run([command, 'nobody', '--dry-run']);

    expect(ran.exitCode).toBe(2);
  },
);
