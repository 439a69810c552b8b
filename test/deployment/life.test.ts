import { randomUUID } from 'node:crypto';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { dispatchAt, isInShare } from '../../lambda/core/dispatchPlan';
import { tickMs } from '../../lambda/core/limits';
import { eventDetailType, eventSource, fleetScheduleName } from '../../lambda/core/names';
import { createTokenReader } from '../../lambda/reader';
import { setEnvironment } from '../support/environment';
import { awsScripts, filled, preamble } from './awsCommands';
import { departures } from './departures';
import { DeployedLife, eventually, schedulerPace } from './deployedLife';
import { describeOnMinistack } from './ministack';
import { describeWith } from './needs';
import { run } from './program';

// Each step is ended by its silence. This is only to end what never falls silent.
jest.setTimeout(1_800_000);

const rotator = 'SfmcTokenRotator-TokenRotationRotator';
const fleetRotator = 'SfmcTokenRotatorFleet-FleetRotator';
const brokenChain = 'SfmcTokenRotator-Monitoring-ChainBroken';

/** One life, from the deployment on: each test goes on where the one before it has ended. */
describeOnMinistack('a deployed rotation', { schedulerPace }, (server) => {
  let life: DeployedLife;
  /** How many invocations had ended before the hour that is looked at. */
  let seededAfter = 0;

  beforeAll(async () => {
    life = await DeployedLife.start(server());
  });
  afterAll(() => life?.close());

  /** How a connection's invocations have ended: an outcome or an error's code each. */
  const ends = async (part: string, connection: string) =>
    (await life.logOf(part))
      .filter((line) => line.connection === connection)
      .map(({ outcome, code }) => outcome ?? code);

  const endsWith = (part: string, connection: string, end: string) =>
    eventually(async () => (await ends(part, connection)).includes(end));

  /** The queues of a rotator: its own, and the one of what failed for too long. */
  const queuesOf = async (part: string) => {
    const FunctionName = await life.functionName(part);
    const { Environment } = await life.aws.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    const queueArn = Environment?.Variables?.QUEUE_ARN ?? '';
    const { RedrivePolicy = '{}' } = await life.queueAttributes(queueArn);
    return { queueArn, deadLetterArn: JSON.parse(RedrivePolicy).deadLetterTargetArn };
  };

  /** What doctor does not find in order, by the ids of its checks. */
  const findings = async (...argv: string[]) => {
    const { stdout } = await life.ops(['doctor', ...argv, '--json']);
    const { checks }: { checks: { id: string; verdict: string }[] } = JSON.parse(stdout);
    const found = checks.filter(({ verdict }) => verdict !== 'ok').map(({ id }) => id);
    return [...new Set(found)].sort();
  };

  it('waits, by ticks of its schedule, for its first seed, and no alarm goes into ALARM', async () => {
    await endsWith(rotator, 'acme', 'waiting');

    expect(await life.ops(['status', 'acme'])).toMatchObject({
      exitCode: 4,
      output: expect.stringContaining('It waits for its first refresh token'),
    });
    expect(await life.alarmState(brokenChain)).not.toBe('ALARM');
  });

  it('is seeded, and lives by its schedule, also on a new client secret', async () => {
    const { model, clientSecret, refreshToken } = life.provider;
    const seeding = await life.ops(
      ['seed', 'acme', '--stdin'],
      JSON.stringify({ clientSecret, refreshToken }),
    );
    expect(seeding).toMatchObject({ exitCode: 0 });
    // Of the first, because the provider's tokens live shorter here than anywhere.
    expect(await findings()).toEqual(['permissions', 'token']);

    model.clientSecrets.stage('ANOTHER-SECRET', Date.now() - 10 * 60_000);
    expect(await life.ops(['stage-secret', 'acme', '--stdin'], 'ANOTHER-SECRET')).toMatchObject({
      exitCode: 0,
    });
    model.clientSecrets.activateStaged(Date.now());
    model.clientSecrets.expire(clientSecret);

    await endsWith(rotator, 'acme', 'rotated');
    expect((await life.stored('acme')).refreshToken).not.toBe(refreshToken);
    expect(await life.ops(['promote-secret', 'acme'])).toMatchObject({ exitCode: 0 });
    setEnvironment({ ...server().environment, ALLOW_LOOPBACK_PROVIDER: 'true' });
    const { accessToken } = await createTokenReader({ connection: 'acme' }).get();
    expect(model.isAccessTokenValid(accessToken, Date.now())).toBe(true);
    seededAfter = (await ends(rotator, 'acme')).length;
  });

  // Its connection has its turn at another time than that of the stack.
  it('has a fleet beside it, whose connections come and go without a deployment', async () => {
    const { url, clientId, model } = life.provider;
    const refreshToken = model.startChain('user', Date.now());
    const seeding = await life.ops(
      ['seed', 'initech', '--stdin', '--auth-base-url', url, '--client-id', clientId],
      JSON.stringify({ clientSecret: 'ANOTHER-SECRET', refreshToken }),
    );
    expect(seeding).toMatchObject({ exitCode: 0 });
    let itsTimeMs = Date.now();
    while (!isInShare('initech', dispatchAt(itsTimeMs))) itsTimeMs += tickMs;

    await life.fireAt(fleetScheduleName, itsTimeMs);

    await eventually(async () =>
      (await ends(fleetRotator, 'initech')).some((end) => end === 'fresh' || end === 'rotated'),
    );
    expect((await life.ops(['list'])).output).toMatch(/^initech /m);
    expect(await life.ops(['remove', 'initech', '--yes'])).toMatchObject({ exitCode: 0 });
    expect((await life.ops(['list'])).output).not.toMatch(/^initech /m);
    // The rotation of the stack has nothing to do with it.
    expect((await life.ops(['list'])).output).toMatch(/^acme /m);
  });

  it('has lived through an hour of its schedule as deployed, in 12 ticks, with a valid token at the end of it', async () => {
    const hour = await eventually(async () => {
      const { accessToken = '' } = await life.stored('acme');
      expect(life.provider.model.isAccessTokenValid(accessToken, Date.now())).toBe(true);
      const lived = (await ends(rotator, 'acme')).slice(seededAfter);
      return lived.length >= 12 && lived.slice(0, 12);
    });

    // A tick each five minutes; of an hour's life, a token has lived a third when it is renewed.
    expect(hour.filter((end) => end !== 'rotated' && end !== 'fresh')).toEqual([]);
    const rotations = hour.filter((end) => end === 'rotated').length;
    expect(rotations).toBeGreaterThanOrEqual(2);
    expect(rotations).toBeLessThanOrEqual(4);
  });

  it('moves from one customer key to another, step by step, and rotates on', async () => {
    const { kms, ssm } = life.aws;
    const newKey = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const [former, present] = [await newKey(), await newKey()];
    const [clientSecret, staged] = ['/sfmc/acme/client-secret', '/sfmc/acme/client-secret-next'];
    const checksOf = async (...ids: string[]) => {
      const { stdout } = await life.ops(['doctor', 'acme', '--json']);
      const { checks }: { checks: { id: string; verdict: string; detail: string }[] } =
        JSON.parse(stdout);
      return ids.flatMap((id) => checks.filter((check) => check.id === id));
    };
    const saying = (text: string, verdict = 'ok') =>
      expect.objectContaining({ verdict, detail: expect.stringContaining(text) });

    await life.deploy({ kmsKeyArn: former });
    const written = { Name: clientSecret, Value: 'ANOTHER-SECRET', KeyId: former };
    await ssm.send(new PutParameterCommand({ ...written, Type: 'SecureString', Overwrite: true }));
    life.provider.model.clientSecrets.stage('THIRD-SECRET', Date.now() - 10 * 60_000);
    const staging = await life.ops(['stage-secret', 'acme', '--stdin'], 'THIRD-SECRET');
    expect(staging).toMatchObject({ exitCode: 0 });
    await life.deploy({ kmsKeyArn: present, previousKmsKeyArns: [former] });

    expect(await checksOf('secret-key', 'client-secret-key', 'earlier-key')).toEqual([
      saying(`customer managed, ${present}`),
      saying(`customer managed, ${former}`),
      saying(`${former} locks ${clientSecret}; ${staged}`),
    ]);
    await kms.send(new DisableKeyCommand({ KeyId: former }));
    expect(await checksOf('client-secret-key', 'earlier-key')).toEqual([
      saying(`The key ${former} is Disabled`, 'fail'),
      saying(`it locks ${clientSecret}; ${staged}`, 'fail'),
    ]);
    await kms.send(new EnableKeyCommand({ KeyId: former }));

    const before = await life.stored('acme');
    const rekeying = await life.ops(['rekey', 'acme']);

    for (const parameter of [clientSecret, staged]) {
      expect(rekeying.output).toContain(
        `${parameter} is now under ${present}, was under ${former}`,
      );
    }
    expect(await checksOf('secret-key', 'client-secret-key', 'earlier-key')).toEqual([
      saying(`customer managed, ${present}`),
      saying(`customer managed, ${present}`),
    ]);
    const { Parameters = [] } = await ssm.send(
      new GetParametersCommand({ Names: [clientSecret, staged], WithDecryption: true }),
    );
    expect(Parameters.map(({ Value }) => Value)).toEqual(['ANOTHER-SECRET', 'THIRD-SECRET']);
    await eventually(async () => {
      const { refreshToken } = await life.stored('acme');
      return refreshToken !== before.refreshToken;
    });
    expect(await life.ops(['unstage-secret', 'acme'])).toMatchObject({ exitCode: 0 });
  });

  it.each(departures)(
    'does without $of, which the emulator does not have ($source)',
    async ({ isMended }) => {
      expect(await isMended(life)).toBe(false);
    },
  );

  it('reports a broken chain by event, dead letter and alarm, and is repaired', async () => {
    const { QueueUrl } = await life.aws.sqs.send(new CreateQueueCommand({ QueueName: 'events' }));
    const { QueueArn } = await life.queueAttributes('events');
    const EventPattern = JSON.stringify({ source: [eventSource] });
    await life.aws.events.send(new PutRuleCommand({ Name: 'events', EventPattern }));
    await life.aws.events.send(
      new PutTargetsCommand({ Rule: 'events', Targets: [{ Id: 'events', Arn: QueueArn }] }),
    );
    const { queueArn, deadLetterArn } = await queuesOf(rotator);
    await life.shortenRetries(queueArn, 2);
    life.provider.model.revokeChain((await life.stored('acme')).refreshToken ?? '');

    await endsWith(rotator, 'acme', 'ChainBroken');

    const event = await eventually(async () => {
      const { Messages = [] } = await life.aws.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      return Messages[0]?.Body;
    });
    expect(JSON.parse(event)).toMatchObject({
      source: eventSource,
      'detail-type': eventDetailType,
      detail: { connection: 'acme', outcome: 'broken' },
    });
    await eventually(async () => {
      const { ApproximateNumberOfMessages } = await life.queueAttributes(deadLetterArn);
      return ApproximateNumberOfMessages !== '0';
    });
    expect(await findings('acme')).toEqual(
      expect.arrayContaining(['dead-letters', 'recent-errors']),
    );
    expect(await life.ops(['recover', 'acme'])).toMatchObject({
      exitCode: 4,
      output: expect.stringContaining('The chain is broken'),
    });
    await life.putLoggedMetrics(rotator);
    expect(await life.alarmState(brokenChain)).toBe('ALARM');

    const refreshToken = life.provider.model.startChain('user', Date.now());
    const seeding = await life.ops(
      ['seed', 'acme', '--replace', '--stdin'],
      JSON.stringify({ refreshToken }),
    );
    expect(seeding).toMatchObject({ exitCode: 0 });
    const ended = (await ends(rotator, 'acme')).length;
    const rotating = await life.ops(['rotate', 'acme', '--timeout', '1']);
    expect(rotating.output).toContain('Started the rotation of acme: message');
    await eventually(async () => {
      const since = (await ends(rotator, 'acme')).slice(ended);
      return since.includes('fresh') || since.includes('rotated');
    });
  });

  const cli = [
    { program: 'aws', by: 'pip install awscli' },
    { program: 'jq', by: "from Debian's package jq" },
  ];
  describeWith("AWS's own command line", { what: 'awscli', programs: cli }, () => {
    it.each(awsScripts)('does what $path has it do', async (script) => {
      const { queueArn } = await queuesOf(rotator);
      const { KeyMetadata } = await life.aws.kms.send(new CreateKeyCommand({}));
      const { ssm, secretsManager } = life.aws;
      // One that no rotation knows of.
      const name = randomUUID();
      const SecretId = `sfmc/${name}`;
      await secretsManager.send(new CreateSecretCommand({ Name: SecretId, SecretString: '{}' }));
      const pending = { SecretString: '{}', VersionStages: ['AWSPENDING'] };
      const { VersionId = '' } = await secretsManager.send(
        new PutSecretValueCommand({ SecretId, ...pending }),
      );
      const config = { Name: `/sfmc/${name}/config`, Value: '{}' };
      await ssm.send(new PutParameterCommand({ ...config, Type: 'String' }));
      const text = filled(script, {
        NAME: name,
        example: name,
        'QUEUE-URL': await life.queueUrl(queueArn),
        KEY: KeyMetadata?.Arn ?? '',
        VERSION: VersionId,
        'aws secretsmanager restore-secret': `aws secretsmanager delete-secret --secret-id ${SecretId}\n$&`,
      });

      const { output } = await run(['bash', '-c', `${preamble}${text}`], {
        cwd: server().folder,
        env: server().environment,
      });

      const failed = output.match(/^FAILED: .*/gm) ?? [];
      const refused = failed.filter((command) => !command.includes('start-message-move-task'));
      expect(refused.length > 0 ? [...refused, output].join('\n') : '').toBe('');
    });
  });
});
