import { randomUUID } from 'node:crypto';
import { ROLE_NAME } from '../../local/aws/function/names';
import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import { stagedAtProvider } from '../ops/support/clientSecrets';
import { deployFleet, installInFleet } from '../ops/support/fleet';
import { printingFunction, schedule } from '../ops/support/installed';
import { type OpsWorld, startOpsWorld } from '../ops/support/opsWorld';
import { policyIn, roleIn } from './support/deployed';
import { refused, unneeded } from './support/needs';
import { customerKeyArn, fleetTemplate, region } from './support/stacks';

const accessKeyId = 'operator';
const connection = 'acme-news';

/** A fleet whose operator has its policy for `acme-`, and whose rotator has its role. */
async function prepare(
  kmsKeyArn: string | undefined,
  options: Parameters<typeof startOpsWorld>[0],
) {
  const policies = new IdentityPolicies(region);
  const world = await startOpsWorld({ authorize: policies.authorize, ...options });
  world.clock.advance(Date.now() - world.clock.now());
  deployFleet(world, kmsKeyArn === undefined ? {} : { kmsKeyArn });
  const template = fleetTemplate(connection, kmsKeyArn);
  const permissions = policyIn(template, 'Operators', world.aws);
  policies.attach(accessKeyId, { permissions });
  policies.attach(ROLE_NAME, { permissions: roleIn(template, 'RotatorRole', world.aws) });
  const decided = () => policies.decided.filter((each) => each.accessKeyId === accessKeyId);
  const exitCodes: Record<string, number> = {};
  const run = async (argv: readonly string[], stdin = '') => {
    const ran = await world.run(argv, stdin);
    exitCodes[argv.slice(0, 2).join(' ')] = ran.exitCode;
    return ran;
  };
  const makeSecret = (name: string) =>
    world.aws.secretsManager.createSecret({
      Name: `sfmc/${name}`,
      ClientRequestToken: randomUUID(),
      SecretString: '{}',
      KmsKeyId: kmsKeyArn,
    });
  return { world, permissions, decided, run, exitCodes, makeSecret };
}

const seeding = ({ provider: { clientId, clientSecret, refreshToken, url } }: OpsWorld) =>
  [
    ['seed', connection, '--stdin', '--client-id', clientId, '--auth-base-url', url],
    JSON.stringify({ clientSecret, refreshToken }),
  ] as const;

/** What no command needs, and why an operator has it. */
const unneededByCommands = (kmsKeyArn?: string) =>
  [
    // By them `seed` makes the secret of a new connection, which it comes to only where it may ask for
    // a secret that is missing: see below.
    'secretsmanager:CreateSecret on secret:sfmc/acme-* if secretsmanager:Name=sfmc/acme-*',
    'secretsmanager:TagResource on secret:sfmc/acme-* if secretsmanager:Name=sfmc/acme-*',
    // `remove`, `seed` and `recover` tell the operator to do it by the AWS CLI.
    'secretsmanager:RestoreSecret on secret:sfmc/acme-*-??????',
    'secretsmanager:UpdateSecretVersionStage on secret:sfmc/acme-*-??????',
    // The doctor looks at the client secret's key only for who may call ssm:DescribeParameters too,
    // which no policy can limit to a prefix.
    'kms:DescribeKey on key/* if kms:ResourceAliases=alias/aws/ssm',
    // Of no secret that is under another key.
    ...(kmsKeyArn === undefined
      ? []
      : ['kms:DescribeKey on key/* if kms:ResourceAliases=alias/aws/secretsmanager']),
  ].sort();

it.each([
  ['AWS managed keys', undefined],
  ['a customer key', customerKeyArn],
])(
  'lets operators of a fleet under %s run every command, and is needed for that',
  async (_, kmsKeyArn) => {
    const day = await prepare(kmsKeyArn, { function: {}, now: Date.now });
    const last = await prepare(kmsKeyArn, { function: printingFunction });
    day.makeSecret(connection);
    last.makeSecret('acme-old');
    installInFleet(last.world, 'acme-old');
    schedule(last.world, { connection: 'acme-old' });

    await day.run(...seeding(day.world));
    if (kmsKeyArn !== undefined) {
      day.world.aws.parameterStore.putParameter({
        Name: `/sfmc/${connection}/client-secret`,
        Value: day.world.provider.clientSecret,
        KeyId: kmsKeyArn,
        Overwrite: true,
      });
    }
    for (const command of ['status', 'doctor', 'recover']) await day.run([command, connection]);
    await day.run(['rotate', connection, '--force']);
    await day.run(['stage-secret', connection, '--stdin'], stagedAtProvider(day.world));
    await day.run(['promote-secret', connection]);
    await last.run(['remove', 'acme-old', '--yes']);

    const decided = [...day.decided(), ...last.decided()];
    expect({ ...day.exitCodes, ...last.exitCodes }).toEqual({
      'seed acme-news': 0,
      'status acme-news': 0,
      'doctor acme-news': 0,
      'recover acme-news': 0,
      'rotate acme-news': 0,
      'stage-secret acme-news': 0,
      'promote-secret acme-news': 0,
      'remove acme-old': 0,
    });
    // By it commands learn the key of the client secret, and do without where it is refused.
    expect(new Set(refused(decided))).toEqual(new Set(['ssm:DescribeParameters on *']));
    expect(unneeded(day.permissions, decided)).toEqual(unneededByCommands(kmsKeyArn));
  },
);

it.each(['globex-news', 'acme'])('lets them do nothing about the connection %s', async (other) => {
  const { world, run, exitCodes, makeSecret } = await prepare(undefined, {});
  if (other !== 'acme') makeSecret(other);
  installInFleet(world, other);
  const stages = () => world.stored(other).stages();
  const before = stages();

  for (const command of ['status', 'doctor', 'recover', 'promote-secret']) {
    await run([command, other]);
  }
  await run(['stage-secret', other, '--stdin'], 'a client secret');
  await run(['remove', other, '--yes']);

  expect(Object.values(exitCodes).filter((exitCode) => exitCode === 0)).toEqual([]);
  expect(stages()).toEqual(before);
  expect(
    world.aws.calls.filter(
      ({ operation, status }) => /^(Put|Delete)/.test(operation) && status === 200,
    ),
  ).toEqual([]);
});

it('cannot tell a secret that is missing from one that they may not read, and seed nothing', async () => {
  const { world, run, decided } = await prepare(undefined, {});

  const { exitCode, stderr } = await run(...seeding(world));

  // IAM decides before it is known whether there is a secret, and its ARN has no six characters yet.
  expect(exitCode).toBe(5);
  expect(stderr).toContain('secretsmanager:GetSecretValue on resource: sfmc/acme-news because');
  expect(refused(decided())).toEqual([
    expect.stringMatching(/^secretsmanager:GetSecretValue on .*:secret:sfmc\/acme-news$/),
  ]);
  expect(world.provider.requests).toEqual([]);
});
