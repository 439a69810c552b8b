import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from '../aws/server';
import {
  type ProviderSimulator,
  type ProviderSimulatorOptions,
  startProviderSimulator,
} from '../provider/server';

export interface ServersOptions {
  /** The clock of both, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  readonly aws?: Omit<AwsLocalOptions, 'now'>;
  readonly provider?: Omit<ProviderSimulatorOptions, 'now'>;
}

/** AWS and Marketing Cloud on this machine, on one clock. */
export interface Servers {
  readonly aws: AwsLocal;
  readonly provider: ProviderSimulator;
  close(): Promise<void>;
}

/** Rejects with the listener's error, such as `EADDRINUSE`; nothing is left running then. */
export async function startServers({
  now = Date.now,
  aws: ofAws,
  provider: ofProvider,
}: ServersOptions = {}): Promise<Servers> {
  const provider = await startProviderSimulator({ ...ofProvider, now });
  try {
    const aws = await startAwsLocal({ ...ofAws, now });
    return {
      aws,
      provider,
      async close() {
        await Promise.all([aws.close(), provider.close()]);
      },
    };
  } catch (error) {
    await provider.close();
    throw error;
  }
}
