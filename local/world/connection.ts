import { randomUUID } from 'node:crypto';
import { tickMs } from '../../lambda/core/limits';
import { scheduleName } from '../../lambda/core/names';
import type { AwsLocal } from '../aws/server';
import type { ProviderSimulator } from '../provider/server';

/** Stores a connection whose first refresh token waits for its first rotation. */
export function storeConnection(
  { aws, provider }: { readonly aws: AwsLocal; readonly provider: ProviderSimulator },
  connection: string,
  refreshToken: string = provider.refreshToken,
): void {
  const { url: authBaseUrl, clientId, clientSecret } = provider;
  aws.parameterStore.putParameter({
    Name: `/sfmc/${connection}/config`,
    Value: JSON.stringify({ authBaseUrl, clientId, onBrokenChain: 'alarm' }),
    Type: 'String',
  });
  aws.parameterStore.putParameter({
    Name: `/sfmc/${connection}/client-secret`,
    Value: clientSecret,
    Type: 'SecureString',
  });
  aws.secretsManager.createSecret({
    Name: `sfmc/${connection}`,
    ClientRequestToken: randomUUID(),
    SecretString: JSON.stringify({ refreshToken }),
  });
}

/** The schedule that a stack gives a connection, as CreateSchedule takes it. */
export const scheduleOf = (connection: string, queueArn: string) => ({
  Name: scheduleName(connection),
  ScheduleExpression: `rate(${tickMs / 60_000} minutes)`,
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  Target: {
    Arn: queueArn,
    RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
    SqsParameters: { MessageGroupId: connection },
    Input: JSON.stringify({ connection, scheduledAt: '<aws.scheduler.scheduled-time>' }),
  },
});
