import { randomUUID } from 'node:crypto';
import { stagedAtProvider } from '../ops/support/clientSecrets';
import { installInFleet } from '../ops/support/fleet';
import { printingFunction, schedule } from '../ops/support/installed';
import type { OpsWorld } from '../ops/support/opsWorld';
import { customerKeyArn, earlierKeyArn } from '../support/stacks';
import { refused, unneeded } from './support/needs';
import { connection, prepareOperators, seeding } from './support/operators';

const clientSecretName = `/sfmc/${connection}/client-secret`;
const keyOfClientSecret = ({ aws }: OpsWorld) =>
  aws.parameterStore.describeParameters({
    ParameterFilters: [{ Key: 'Name', Values: [clientSecretName] }],
  }).Parameters[0]?.KeyId;

/** As if the key had been changed since. */
function underEarlierKey({ aws, provider }: OpsWorld) {
  aws.secretsManager.updateSecret({
    SecretId: `sfmc/${connection}`,
    ClientRequestToken: randomUUID(),
    KmsKeyId: earlierKeyArn,
  });
  aws.parameterStore.putParameter({
    Name: clientSecretName,
    Value: provider.clientSecret,
    Type: 'SecureString',
    KeyId: earlierKeyArn,
    Overwrite: true,
  });
}

/** What no command needs, and why an operator has it. */
const unneededByCommands = (kmsKeyArn?: string) =>
  [
    // `remove`, `seed` and `recover` have the operator do it by the AWS CLI.
    'secretsmanager:RestoreSecret on secret:sfmc/acme-*-??????',
    'secretsmanager:UpdateSecretVersionStage on secret:sfmc/acme-*-??????',
    // Of no secret or parameter that is under another key.
    ...(kmsKeyArn === undefined
      ? []
      : ['secretsmanager', 'ssm'].map(
          (service) => `kms:DescribeKey on key/* if kms:ResourceAliases=alias/aws/${service}`,
        )),
  ].sort();

it.each([
  ['AWS managed keys', undefined],
  ['a customer key', customerKeyArn],
])(
  'lets operators of a fleet under %s run every command, and is needed for that',
  async (_, kmsKeyArn) => {
    const day = await prepareOperators(kmsKeyArn, { function: {}, now: Date.now });
    const last = await prepareOperators(kmsKeyArn, { function: printingFunction });
    // As a stack has left it.
    last.makeSecret('acme-old');
    await last.run(...seeding(last.world, 'acme-old'));
    schedule(last.world, { connection: 'acme-old' });

    await day.run(...seeding(day.world));
    if (kmsKeyArn !== undefined) {
      day.world.aws.parameterStore.putParameter({
        Name: clientSecretName,
        Value: day.world.provider.clientSecret,
        Type: 'SecureString',
        KeyId: kmsKeyArn,
        Overwrite: true,
      });
    }
    for (const command of ['status', 'doctor', 'recover']) await day.run([command, connection]);
    await day.run(['rotate', connection, '--force']);
    await day.run(['stage-secret', connection, '--stdin'], stagedAtProvider(day.world));
    await day.run(['promote-secret', connection]);
    underEarlierKey(day.world);
    await day.run(['status', connection]);
    await day.run(['rekey', connection]);
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
      'rekey acme-news': 0,
      'seed acme-old': 0,
      'remove acme-old': 0,
    });
    expect(refused(decided)).toEqual([
      // IAM decides before it is known whether there is a secret, and one that is missing has no six
      // characters at the end of its ARN.
      expect.stringMatching(/^secretsmanager:GetSecretValue on .*:secret:sfmc\/acme-news$/),
      // `doctor` asks who else holds the same login; operators of a prefix see no others.
      expect.stringMatching(/^ssm:GetParametersByPath on /),
      // The account's limits do not depend on a prefix.
      'lambda:GetAccountSettings on *',
      // Nor are alarms and metrics, which are those of all.
      'cloudwatch:DescribeAlarms on *',
      'cloudwatch:GetMetricStatistics on *',
      // A message could name any connection: `rotate` then has the secret rotated.
      expect.stringMatching(/^sqs:SendMessage on /),
    ]);
    expect(keyOfClientSecret(day.world)).toBe(kmsKeyArn ?? 'alias/aws/ssm');
    expect(unneeded(day.permissions, decided)).toEqual(unneededByCommands(kmsKeyArn));
  },
);

it.each(['globex-news', 'acme'])('lets them do nothing about the connection %s', async (other) => {
  const { world, run, exitCodes, makeSecret } = await prepareOperators(undefined, {});
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

describe('seed under a policy by prefix, to which a secret that is missing is denied as well', () => {
  const changes = ({ aws }: OpsWorld) =>
    aws.calls
      .filter(({ operation, status }) => /^(Put|Create|Tag)/.test(operation) && status === 200)
      .map(({ operation, names: [name] }) => `${operation} ${name}`);

  it('makes the secret of a new connection first, and the config last', async () => {
    const { world, run } = await prepareOperators(undefined, {});

    const ran = await run(...seeding(world));

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({ outcome: 'seeded', rotatedBy: 'fleet' });
    expect(changes(world)).toEqual([
      'CreateSecret sfmc/acme-news',
      'PutSecretValue sfmc/acme-news',
      `PutParameter ${clientSecretName}`,
      'PutParameter /sfmc/acme-news/config',
    ]);
  });

  it.each([
    ['as it is', []],
    ['with --replace', ['--replace']],
  ])('spends and changes nothing if there is one that may not be read, %s', async (_, more) => {
    const { world, run } = await prepareOperators(undefined, {});
    const model = world.aws.secretsManager;
    const version = { ClientRequestToken: randomUUID(), SecretString: '{"refreshToken":"live"}' };
    model.createSecret({ ...version, Name: 'sfmc/acme-news', KmsKeyId: customerKeyArn });
    const [argv, document] = seeding(world);

    const ran = await run([...argv, ...more], document);

    expect(ran.exitCode).toBe(5);
    expect(ran.stdout).toMatch(/GetSecretValue of sfmc\/acme-news failed with AccessDenied.*KMS/);
    expect(ran.stdout).toMatch(/sfmc\/acme-news is there.*Nothing was changed/);
    expect(world.provider.requests.filter(({ hadRefreshToken }) => hadRefreshToken)).toEqual([]);
    expect(changes(world)).toEqual([]);
    expect(model.getSecretValue({ SecretId: 'sfmc/acme-news' })).toMatchObject({
      SecretString: version.SecretString,
    });
  });

  it('makes nothing if Marketing Cloud refuses the client secret', async () => {
    const { world, run } = await prepareOperators(undefined, {});
    const [argv] = seeding(world);

    const ran = await run(argv, JSON.stringify({ clientSecret: 'wrong', refreshToken: 'any' }));

    expect(ran.exitCode).toBe(3);
    expect(changes(world)).toEqual([]);
  });

  it('goes on with the empty secret that a refused refresh token has left', async () => {
    const { world, run } = await prepareOperators(undefined, {});
    const [argv, document] = seeding(world);
    const { clientSecret } = world.provider;

    const refusedOne = await run(argv, JSON.stringify({ clientSecret, refreshToken: 'spent' }));
    const left = world.stored(connection).current();
    const again = await run(argv, document);

    expect([refusedOne.exitCode, again.exitCode]).toEqual([3, 0]);
    expect(refusedOne.stderr).toContain('Made the secret sfmc/acme-news, which is empty so far.');
    expect(left).toEqual({});
    expect(world.stored(connection).current()).toHaveProperty('accessToken');
  });
});
