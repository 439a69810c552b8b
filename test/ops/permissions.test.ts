import { randomUUID } from 'node:crypto';
import { page } from '../docs/markdown';
import { customerKeyArn } from '../support/stacks';
import { stagedAtProvider } from './support/clientSecrets';
import { deployFleet, installInFleet } from './support/fleet';
import { printingFunction, schedule } from './support/installed';
import { startOpsWorld } from './support/opsWorld';
import { park } from './support/removal';

const heading = 'what your IAM policies have to allow';
const table = page('docs/operating.md').tables.find(([row = {}]) => heading in row) ?? [];
const rows = new Map(table.map((row) => [row.command ?? '', row[heading] ?? '']));

/** The actions of a command's row, with those of the row that it refers to. */
function documented(command: string): string[] {
  const text = rows.get(command) ?? '';
  const others = [...text.matchAll(/what ([a-z-]+) needs/g)].map(([, other = '']) => other);
  const actions = [...text.matchAll(/\b([a-z]+:[A-Za-z]+)/g)].map(([, action = '']) => action);
  return [...new Set([...actions, ...others.flatMap(documented)])].sort();
}

it('is documented with every action that a command takes, and no other', async () => {
  const asked = new Map<string, Set<string>>();
  let command = '';
  const world = await startOpsWorld({
    function: printingFunction,
    authorize: ({ action, accessKeyId }) => {
      const knownActions = /^kms:(?!DescribeKey)|^ssm:GetParameter$/;
      if (accessKeyId === 'operator' && !knownActions.test(action)) asked.get(command)?.add(action);
      return true;
    },
  });
  const run = async (argv: readonly string[], stdin = '') => {
    [command = ''] = argv;
    if (!asked.has(command)) asked.set(command, new Set());
    const { exitCode } = await world.run(argv, stdin);
    return exitCode;
  };
  const { clientId, url, clientSecret, refreshToken } = world.provider;
  const made = ['--stdin', '--client-id', clientId, '--auth-base-url', url];
  deployFleet(world);
  installInFleet(world);
  for (const empty of ['parked', 'bare']) world.stored(empty).put('{}');

  const stageAgain = () => run(['stage-secret', 'acme', '--stdin'], stagedAtProvider(world));

  const rekey = async () => {
    world.aws.secretsManager.updateSecret({
      SecretId: 'sfmc/acme',
      ClientRequestToken: randomUUID(),
      KmsKeyId: customerKeyArn,
    });
    world.aws.parameterStore.putParameter({
      Name: '/sfmc/acme/client-secret',
      Value: clientSecret,
      Type: 'SecureString',
      KeyId: customerKeyArn,
      Overwrite: true,
    });
    return Math.max(await run(['rekey']), await run(['rekey', 'acme']));
  };

  const exitCodes = [
    await run(['completion', 'bash']),
    await run(['list']),
    await run(['status']),
    await run(['status', 'acme']),
    await run(['doctor']),
    await run(['doctor', 'acme']),
    await run(['seed', 'new', ...made], JSON.stringify({ clientSecret, refreshToken })),
    await run(['seed', 'bare', ...made], JSON.stringify({ clientSecret })),
    await run(['stage-secret', 'acme', '--stdin'], stagedAtProvider(world)),
    await run(['promote-secret', 'acme']),
    await stageAgain(),
    await run(['unstage-secret', 'acme']),
    await rekey(),
    await run(['recover', 'acme']),
  ];
  // The function of this world only prints.
  exitCodes.push((await run(['rotate', 'acme', '--timeout', '3'])) - 4);
  park(world);
  world.stored('parked').putParameter('escrow', world.stored().escrow() ?? '');
  exitCodes.push(await run(['seed', 'parked', ...made], JSON.stringify({ clientSecret })));
  schedule(world);
  exitCodes.push(await run(['remove', 'acme', '--yes']));

  expect(new Set(exitCodes)).toEqual(new Set([0]));
  const found = Object.fromEntries(
    [...asked].map(([name, actions]) => [name, [...actions].sort()]),
  );
  expect(found).toEqual(
    Object.fromEntries([...rows.keys()].map((name) => [name, documented(name)])),
  );
});
