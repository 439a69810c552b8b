import { randomUUID } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SSM } from '@aws-sdk/client-ssm';
import { fleetParameterName } from '../../lambda/core/names';
import { installInFleet } from '../ops/support/fleet';
import { closeAfterTest } from '../support/closing';
import { region } from '../support/stacks';
import { accessKeyId, connection as own, prepareOperators } from './support/operators';

const other = 'globex-news';
const [ownSecret, otherSecret] = [`sfmc/${own}`, `sfmc/${other}`];
const stepNames = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/**
 * A fleet with the built function and two connections, whose operator has the policy for the one of
 * them, and the SDK with this operator's rights.
 */
async function prepare() {
  const events: string[] = [];
  const onLine = (line: string) => void events.push(line);
  const { world, decided } = await prepareOperators(undefined, {
    function: { onLine },
    now: Date.now,
  });
  for (const name of [own, other]) installInFleet(world, name);
  const config = {
    endpoint: world.aws.url,
    region,
    credentials: { accessKeyId, secretAccessKey: 'unused' },
    maxAttempts: 1,
  };
  const clients = {
    lambda: new LambdaClient(config),
    secretsManager: new SecretsManager(config),
    sqs: new SQSClient(config),
    ssm: new SSM(config),
  };
  closeAfterTest(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  const { Parameter } = world.aws.parameterStore.getParameter({ Name: fleetParameterName });
  const fleet: { rotatorArn: string; dispatcherArn: string; queueUrl: string } = JSON.parse(
    Parameter.Value ?? '',
  );
  const { model } = world.provider;
  const chainOf = (name: string) => {
    const stored = world.stored(name);
    return { stages: stored.stages(), tokens: stored.current(), escrow: stored.escrow() };
  };
  const isOtherWell = () =>
    model.isAccessTokenValid(world.stored(other).current().accessToken ?? '', Date.now());
  return { ...clients, world, decided, fleet, chainOf, isOtherWell, events };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

const invoke =
  (event: (prepared: Prepared) => object, InvocationType?: 'Event') => (prepared: Prepared) =>
    prepared.lambda.send(
      new InvokeCommand({
        FunctionName: prepared.fleet.rotatorArn,
        InvocationType,
        Payload: JSON.stringify(event(prepared)),
      }),
    );

const send =
  (group: string, body: object) =>
  ({ sqs, fleet: { queueUrl } }: Prepared) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageGroupId: group,
        MessageDeduplicationId: randomUUID(),
        MessageBody: JSON.stringify(body),
      }),
    );

/** As SQS hands a message on. */
const record = (prepared: Prepared, body: object) => ({
  messageId: randomUUID(),
  body: JSON.stringify(body),
  eventSourceARN: prepared.world.aws.sqs.arnOf(prepared.fleet.queueUrl),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: String(Date.now()),
    MessageGroupId: other,
  },
});

const rotate =
  (SecretId: (prepared: Prepared) => string, by?: (prepared: Prepared) => string) =>
  (prepared: Prepared) =>
    prepared.secretsManager.rotateSecret({
      SecretId: SecretId(prepared),
      ClientRequestToken: randomUUID(),
      ...(by && { RotationLambdaARN: by(prepared) }),
    });

const refusals: [string, (prepared: Prepared) => Promise<unknown>][] = [
  ['an invocation for it', invoke(() => ({ connection: other }))],
  ['a forced one', invoke(() => ({ connection: other, force: true }))],
  ['one that nobody waits for', invoke(() => ({ connection: other, force: true }), 'Event')],
  ['an invocation for the own one', invoke(() => ({ connection: own, force: true }))],
  [
    'a batch that the queue has not sent',
    invoke((prepared) => ({
      Records: [own, other].map((name) => record(prepared, { connection: name, force: true })),
    })),
  ],
  ...stepNames.map((Step): (typeof refusals)[number] => [
    `the step ${Step}`,
    invoke(() => ({ Step, SecretId: otherSecret, ClientRequestToken: randomUUID() })),
  ]),
  ['a message of its group', send(other, { connection: other })],
  ['a forced one of its group', send(other, { connection: other, force: true })],
  ['a message that names it in the own group', send(own, { connection: other, force: true })],
  ['a message of the own group', send(own, { connection: own })],
  ['a rotation of its secret', rotate(() => otherSecret)],
  [
    'a rotation of its secret by the ARN',
    rotate(({ world }) => world.aws.secretsManager.arnOf(otherSecret) ?? ''),
  ],
  [
    "a rotation of its secret by the fleet's function",
    rotate(
      () => otherSecret,
      ({ fleet }) => fleet.rotatorArn,
    ),
  ],
  [
    'a rotation of the own secret by another function',
    rotate(
      () => ownSecret,
      ({ fleet }) => fleet.dispatcherArn,
    ),
  ],
  ['a read of its tokens', (p) => p.secretsManager.getSecretValue({ SecretId: otherSecret })],
  [
    'a write of its tokens',
    (p) =>
      p.secretsManager.putSecretValue({
        SecretId: otherSecret,
        ClientRequestToken: randomUUID(),
        SecretString: '{}',
      }),
  ],
  [
    'a move of its labels',
    (p) =>
      p.secretsManager.updateSecretVersionStage({
        SecretId: otherSecret,
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: p.world.stored(other).versionOf('AWSCURRENT'),
        MoveToVersionId: p.world.stored(other).versionOf('AWSPREVIOUS'),
      }),
  ],
  ['its deletion', (p) => p.secretsManager.deleteSecret({ SecretId: otherSecret })],
  [
    'a config of its own choice',
    (p) => p.ssm.putParameter({ Name: `/sfmc/${other}/config`, Value: '{}', Overwrite: true }),
  ],
  [
    'an escrow of its own choice',
    (p) => p.ssm.putParameter({ Name: `/sfmc/${other}/escrow`, Value: '{}', Type: 'SecureString' }),
  ],
  [
    'a read of its client secret',
    (p) => p.ssm.getParameters({ Names: [`/sfmc/${other}/client-secret`], WithDecryption: true }),
  ],
  [
    'a read of all client secrets',
    (p) => p.ssm.getParametersByPath({ Path: '/sfmc/', Recursive: true, WithDecryption: true }),
  ],
];

describe('an operator of one prefix', () => {
  it.each(refusals)("does nothing to another connection's chain by %s", async (_, attack) => {
    const prepared = await prepare();
    const before = [own, other].map(prepared.chainOf);

    await expect(attack(prepared)).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied/),
    });

    expect([own, other].map(prepared.chainOf)).toEqual(before);
    expect(prepared.world.provider.requests).toEqual([]);
  });

  it('has the own secret rotated by the function of the fleet, and no other', async () => {
    const prepared = await prepare();
    const { secretsManager, world, chainOf, fleet } = prepared;
    const before = chainOf(other);
    const former = world.stored(own).versionOf('AWSCURRENT');

    await secretsManager.rotateSecret({
      SecretId: ownSecret,
      ClientRequestToken: randomUUID(),
      RotationLambdaARN: fleet.rotatorArn,
    });
    await until(() => world.stored(own).versionOf('AWSCURRENT') !== former);
    await until(() => world.stored(own).versionOf('AWSPENDING') === undefined);

    expect(chainOf(other)).toEqual(before);
    expect(prepared.isOtherWell()).toBe(true);
  });

  it.each([`${ownSecret}/../${other}`, `${ownSecret}-/${otherSecret}`, `${ownSecret}@${other}`])(
    "has the function refuse a secret whose name is meant to be another's: %s",
    async (Name) => {
      const prepared = await prepare();
      const { secretsManager, world, chainOf, fleet, events } = prepared;
      const before = [own, other].map(chainOf);

      await secretsManager.createSecret({
        Name,
        ClientRequestToken: randomUUID(),
        SecretString: JSON.stringify(world.stored(own).current()),
      });
      await secretsManager.rotateSecret({
        SecretId: Name,
        ClientRequestToken: randomUUID(),
        RotationLambdaARN: fleet.rotatorArn,
        RotateImmediately: false,
      });
      await until(() => events.some((line) => line.includes('InvalidEvent')));

      expect([own, other].map(chainOf)).toEqual(before);
      expect(world.provider.requests).toEqual([]);
    },
  );
});

async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; !isSo(); looks += 1) {
    if (looks === 3_000) throw new Error('It did not come to that in a minute.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
