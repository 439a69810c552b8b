import { setTimeout as sleep } from 'node:timers/promises';
import { localFunctionName } from '../aws/lambda/names';
import { scheduleOf, storeConnection } from '../world/connection';
import { region } from '../world/environment';
import { type Servers, startServers } from '../world/servers';
import type { DemoOptions } from './options';
import { Schedules } from './schedules';

/** The connection that the demo seeds. */
export const connection = 'example';

/** A rotation every half minute fills the 100 versions of a day within an hour: fewer are kept. */
const versionLimits = { most: 60, leastAgeMs: 60_000 };

const longestFirstRotationMs = 60_000;

export interface Demo extends Servers {
  readonly functionName: string;
  /** Fulfilled once readers have a token. Rejects if the function does not make one. */
  readonly ready: Promise<void>;
}

/**
 * Starts the world of the demo; `onLine` is given each line that the function logs. Rejects with the
 * listener's error, such as `EADDRINUSE`.
 */
export async function startDemo(
  { port, providerPort, paceMs }: DemoOptions,
  onLine: (line: string) => void,
): Promise<Demo> {
  const servers = await startServers({
    aws: { port, function: { onLine }, versionLimits },
    provider: { port: providerPort },
  });
  const { aws } = servers;
  aws.eventSourceMappings.ensureQueue(region);
  const { QUEUE_ARN = '' } = aws.eventSourceMappings.variables();
  storeConnection(servers, connection);
  const schedule = scheduleOf(connection, QUEUE_ARN);
  aws.scheduler.createSchedule(schedule, region);
  const schedules = new Schedules(aws, paceMs);
  aws.fireSchedule(schedule.Name);
  let isClosed = false;

  async function firstToken(): Promise<void> {
    const endsAtMs = performance.now() + longestFirstRotationMs;
    while (!isClosed) {
      const { SecretString = '{}' } = aws.secretsManager.getSecretValue({
        SecretId: `sfmc/${connection}`,
      });
      if (JSON.parse(SecretString).accessToken !== undefined) return;
      if (performance.now() > endsAtMs) throw new Error('The function has made no token.');
      await sleep(50);
    }
  }

  return {
    ...servers,
    functionName: localFunctionName,
    ready: firstToken(),
    async close() {
      isClosed = true;
      schedules.close();
      await servers.close();
    },
  };
}
