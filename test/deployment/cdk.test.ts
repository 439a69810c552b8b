import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { startProviderSimulator } from '../../local/provider/server';
import { installPackage, type PackedPackage, packPackage, root } from '../package/packedPackage';
import { closeAfterTest } from '../support/closing';
import { type Assembly, CdkProject } from './cdkProject';
import { type Clients, connect } from './clients';
import { refusalOf, resourcesOf, stacksOf } from './cloudFormation';
import { leftOut, refused, type Template, withoutLeftOut } from './leftOut';
import { describeOnMinistack } from './ministack';

// Each step is ended by its silence. This is only to end what never falls silent.
jest.setTimeout(1_800_000);

const connection = (name: string, clientId = 'CLIENT-ID') => ({
  name,
  authBaseUrl: 'https://SUBDOMAIN.auth.marketingcloudapis.com',
  clientId,
});

async function schedulesOf({ scheduler }: Clients): Promise<unknown[]> {
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
  return Schedules.map(({ Name }) => Name).sort();
}

async function secretsOf({ secretsManager }: Clients): Promise<unknown[]> {
  const { SecretList = [] } = await secretsManager.send(new ListSecretsCommand({}));
  return SecretList.map(({ Name }) => Name).sort();
}

async function secretValue({ secretsManager }: Clients, SecretId: string): Promise<unknown> {
  const current = { SecretId, VersionStage: 'AWSCURRENT' };
  return (await secretsManager.send(new GetSecretValueCommand(current))).SecretString;
}

async function configOf({ ssm }: Clients, name: string): Promise<unknown> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `/sfmc/${name}/config` }));
  return JSON.parse(Parameter?.Value ?? '');
}

async function invoke({ lambda }: Clients, name: string, event: unknown) {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
  );
  return { error: FunctionError, result: JSON.parse(Payload?.transformToString() || 'null') };
}

async function functionNames({ lambda }: Clients): Promise<string[]> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  return Functions.map(({ FunctionName = '' }) => FunctionName).sort();
}

/** How many resources of each type a deployed stack should have. */
function expectedResources({ templates }: Assembly, stack: string) {
  const template = templates[stack];
  if (template === undefined) throw new Error(`There is no ${stack}.`);
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(withoutLeftOut(template).Resources)) {
    // Names the versions that the CDK was used in; the emulator lists no such resource.
    if (Type === 'AWS::CDK::Metadata') continue;
    counts[Type] = (counts[Type] ?? 0) + 1;
  }
  return counts;
}

/** Has a deployment fail, by what the emulator cannot make, when all else has been made. */
function lastFailing(template: Template): Template {
  const Properties = { Metrics: [{ Id: 'e', Expression: '1' }] };
  const Fails = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties,
    DependsOn: Object.keys(template.Resources),
  };
  return { ...template, Resources: { ...template.Resources, Fails } };
}

describeOnMinistack("the CDK's own program", {}, (server) => {
  let repository: CdkProject;
  let first: Assembly;

  beforeAll(async () => {
    repository = new CdkProject(server(), root);
    await repository.bootstrap();
    first = await repository.synthesize({ connections: [connection('acme'), connection('beta')] });
  });

  it.each(leftOut)('cannot have the emulator make $what, which is left out', async (each) => {
    const stack = `Refused${leftOut.indexOf(each)}`;
    const template = refused(first.templates.SfmcTokenRotator ?? { Resources: {} }, each);

    expect(await refusalOf(server(), stack, template)).toMatch(each.refusal);
  });

  it('deploys the repository, changes connections, puts a fleet beside them, and takes all away', async () => {
    const aws = connect(server());
    closeAfterTest(aws.close);
    const before = await stacksOf(server());

    await repository.deploy(first);

    expect(await resourcesOf(server(), 'SfmcTokenRotator')).toEqual(
      expectedResources(first, 'SfmcTokenRotator'),
    );
    expect(await schedulesOf(aws)).toEqual(['sfmc-acme', 'sfmc-beta']);
    expect(await secretsOf(aws)).toEqual(['sfmc/acme', 'sfmc/beta']);
    const [rotator = ''] = await functionNames(aws);
    expect(await invoke(aws, rotator, { connection: 'acme' })).toEqual({
      error: undefined,
      result: { connection: 'acme', outcome: 'waiting' },
    });

    const seeded = JSON.stringify({ refreshToken: 'SEEDED' });
    for (const SecretId of ['sfmc/acme', 'sfmc/beta']) {
      await aws.secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString: seeded }));
    }
    const second = await repository.synthesize({
      connections: [connection('acme', 'ANOTHER-ID'), connection('gamma')],
      fleet: true,
    });
    await repository.deploy(second);

    for (const stack of ['SfmcTokenRotator', 'SfmcTokenRotatorFleet']) {
      expect(await resourcesOf(server(), stack)).toEqual(expectedResources(second, stack));
    }
    expect(await schedulesOf(aws)).toEqual(expect.arrayContaining(['sfmc-acme', 'sfmc-gamma']));
    expect(await schedulesOf(aws)).toHaveLength(3);
    expect(await configOf(aws, 'acme')).toMatchObject({ clientId: 'ANOTHER-ID' });
    await expect(configOf(aws, 'beta')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(await functionNames(aws)).toHaveLength(3);
    for (const secret of ['sfmc/acme', 'sfmc/beta']) {
      expect(await secretValue(aws, secret)).toBe(seeded);
    }

    await repository.destroy(second);

    expect(await stacksOf(server())).toEqual(before);
    expect(await schedulesOf(aws)).toEqual([]);
    expect(await functionNames(aws)).toEqual([]);
    expect((await aws.sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
    expect(await secretsOf(aws)).toEqual(['sfmc/acme', 'sfmc/beta', 'sfmc/gamma']);
    expect(await secretValue(aws, 'sfmc/acme')).toBe(seeded);
  });

  it('leaves nothing of a first deployment that fails, and takes over a secret that is there, with its value', async () => {
    const aws = connect(server());
    closeAfterTest(aws.close);
    const before = await secretsOf(aws);
    const seeded = JSON.stringify({ refreshToken: 'SEEDED' });
    await aws.secretsManager.send(
      new CreateSecretCommand({ Name: 'sfmc/kept', SecretString: seeded }),
    );
    const connections = [connection('delta'), connection('kept')];
    const failing = await repository.synthesize(
      { connections: [connection('delta')] },
      lastFailing,
    );

    await expect(repository.deploy(failing)).rejects.toThrow(/ROLLBACK/);

    expect(await secretsOf(aws)).toEqual([...before, 'sfmc/kept']);
    expect(await functionNames(aws)).toEqual([]);
    expect(await schedulesOf(aws)).toEqual([]);

    const taking = await repository.synthesize({ connections, existingSecrets: ['kept'] });
    await repository.deploy(taking);

    expect(await secretValue(aws, 'sfmc/kept')).toBe(seeded);
    expect(await secretsOf(aws)).toEqual(expect.arrayContaining(['sfmc/delta', 'sfmc/kept']));
    expect(await schedulesOf(aws)).toEqual(['sfmc-delta', 'sfmc-kept']);

    await repository.destroy(taking);

    expect(await secretValue(aws, 'sfmc/kept')).toBe(seeded);
  });

  describe('of an app that embeds the rotation', () => {
    let packed: PackedPackage;
    let embedding: CdkProject;

    beforeAll(() => {
      packed = packPackage();
      const folder = path.join(packed.folder, 'embed');
      cpSync(path.join(root, 'examples', 'embed'), folder, { recursive: true });
      installPackage(packed, folder);
      // NodejsFunction takes the folder of the lock file for that of the project.
      writeFileSync(path.join(folder, 'package-lock.json'), '{}');
      embedding = new CdkProject(server(), folder);
    });
    afterAll(() => rmSync(packed.folder, { recursive: true }));

    it('deploys it with a function that reads the token, and takes it away', async () => {
      const aws = connect(server());
      closeAfterTest(aws.close);
      const before = await stacksOf(server());
      const assembly = await embedding.synthesize();
      await embedding.deploy(assembly);

      expect(await resourcesOf(server(), 'Campaigns')).toEqual(
        expectedResources(assembly, 'Campaigns'),
      );

      const { url, clientId, clientSecret, refreshToken, model, ...provider } =
        await startProviderSimulator();
      closeAfterTest(() => provider.close());
      const request = { clientId, clientSecret, refreshToken, accessType: 'offline', legacy: true };
      const { status, body } = model.requestToken(request, Date.now());
      if (status !== 200) throw new Error('the refresh was refused');
      const { expiresIn, ...tokens } = body;
      await aws.secretsManager.send(
        new PutSecretValueCommand({
          SecretId: 'sfmc/example',
          SecretString: JSON.stringify({
            ...tokens,
            issuedAt: new Date().toISOString(),
            expiresAt: new Date(Date.now() + expiresIn * 1_000).toISOString(),
            restBaseUrl: url,
          }),
        }),
      );
      const consumer = (await functionNames(aws)).find((name) => name.includes('Consumer')) ?? '';
      // The provider answers so to a valid token only.
      expect(await invoke(aws, consumer, {})).toEqual({
        error: undefined,
        result: { status: 202 },
      });

      await embedding.destroy(assembly);

      expect(await stacksOf(server())).toEqual(before);
      expect(await functionNames(aws)).toEqual([]);
    });
  });
});
