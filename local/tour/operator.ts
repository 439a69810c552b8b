import { CreateScheduleCommand } from '@aws-sdk/client-scheduler';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { labels } from '../../lambda/core/labels';
import { scheduleOf } from '../world/connection';
import { connection, type TourWorld } from './world';

/** What people and the stack do, with the same AWS calls. */
export class Operator {
  constructor(private readonly world: TourWorld) {}

  /** As the stack leaves a connection: its config, a secret that holds nothing yet, its schedule. */
  async deployConnection(): Promise<void> {
    const { provider, clients, queue } = this.world;
    const config = {
      authBaseUrl: provider.url,
      clientId: provider.clientId,
      onBrokenChain: 'alarm',
    };
    await clients.ssm.send(
      new PutParameterCommand({
        Name: `/sfmc/${connection}/config`,
        Type: 'String',
        Value: JSON.stringify(config),
      }),
    );
    await clients.secretsManager.send(
      new CreateSecretCommand({ Name: `sfmc/${connection}`, SecretString: '{}' }),
    );
    await clients.scheduler.send(new CreateScheduleCommand(scheduleOf(connection, queue.queueArn)));
  }

  async putClientSecret(
    name: 'client-secret' | 'client-secret-next',
    value: string,
  ): Promise<void> {
    await this.world.clients.ssm.send(
      new PutParameterCommand({
        Name: `/sfmc/${connection}/${name}`,
        Type: 'SecureString',
        Value: value,
        Overwrite: true,
      }),
    );
  }

  async deleteStagedClientSecret(): Promise<void> {
    await this.world.clients.ssm.send(
      new DeleteParameterCommand({ Name: `/sfmc/${connection}/client-secret-next` }),
    );
  }

  /** Begins a chain in the place of another one, if there is one. */
  async seed(refreshToken: string): Promise<void> {
    await this.world.clients.secretsManager.send(
      new PutSecretValueCommand({
        SecretId: `sfmc/${connection}`,
        SecretString: JSON.stringify({ refreshToken }),
        VersionStages: ['AWSCURRENT', labels.seeded],
      }),
    );
  }

  /** Makes the version before AWSCURRENT again, as one may in the console. */
  async putPreviousVersionBack(): Promise<void> {
    const { secretsManager } = this.world.clients;
    const SecretId = `sfmc/${connection}`;
    const secret = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
    const versions = Object.entries(secret.VersionIdsToStages ?? {});
    const idOf = (stage: string) => versions.find(([, stages]) => stages.includes(stage))?.[0];
    await secretsManager.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: idOf('AWSPREVIOUS'),
        RemoveFromVersionId: idOf('AWSCURRENT'),
      }),
    );
  }
}
