import { chosenConnections } from '../../connection/chosenConnections';
import { mapConcurrent } from '../../connection/concurrency';
import { registeredConnections } from '../../connection/registry';
import type { Context } from '../../context';
import { ConnectionProgress } from '../../terminal/spinner';
import { type ConnectionStatus, connectionStatus } from './connectionStatus';
import { factsReader } from './facts';

/** At a time: a shell's user shares the account's rates with the rotator itself. */
const width = 10;

/** What `status --json` prints. */
export interface StatusResult {
  /** By name; with --attention those that are not ok. */
  readonly connections: readonly ConnectionStatus[];
  /** How many were looked at. */
  readonly total: number;
}

/** Of each connection only its status is kept, and that only if it is shown. */
export async function statusOf(
  context: Context,
  name: string | undefined,
  isShown: (status: ConnectionStatus) => boolean,
): Promise<StatusResult> {
  const progress = new ConnectionProgress(context.terminal);
  try {
    const looked =
      name === undefined
        ? await registeredConnections(context, (count) => progress.found(count))
        : (await chosenConnections(context, name)).map((each) => ({ name: each }));
    if (name === undefined) progress.found(looked.length);
    const readFacts = factsReader(context, looked.length === 1 ? looked[0]?.name : undefined);
    const statuses = await mapConcurrent(looked, width, async (each) => {
      const status = connectionStatus(await readFacts(each), context.clock.now());
      progress.count();
      return isShown(status) ? status : undefined;
    });
    return {
      connections: statuses.filter((status) => status !== undefined),
      total: looked.length,
    };
  } finally {
    progress.stop();
  }
}
