import { type Clock, systemClock } from '../lambda/effects/clock';
import { createParameterStore, type ParameterStore } from '../lambda/effects/parameterStore';
import { createSecretStore, type SecretStore } from '../lambda/effects/secretStore';
import { parseSettings, type Settings } from '../lambda/rotator/settings';
import { type AwsClients, type AwsTarget, awsClients, localRegion } from './awsClients';
import { memoize } from './connection/concurrency';
import { type FleetReading, fleetReader } from './connection/fleet';
import { type EventSource, listEventSources } from './connection/queue';
import { attempt, type Reading } from './connection/reading';
import { Prompts } from './terminal/prompts';
import { type Streams, Terminal } from './terminal/terminal';

/** What a command works with. */
export interface Context {
  readonly aws: AwsClients;
  /** The stores as the rotator sees them; both throw StoreFailure. */
  readonly secretStore: SecretStore;
  readonly parameterStore: ParameterStore;
  /** Where the Region's fleet is, if there is one. Read once, when it is first asked for. */
  readonly fleet: () => Promise<FleetReading>;
  /** What takes the messages of a queue, by its ARN. Asked once for each. */
  readonly eventSources: (queueArn: string) => Promise<Reading<readonly EventSource[]>>;
  /** The rotator's, from the same environment variables. */
  readonly settings: Settings;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly prompts: Prompts;
}

/** The program's surroundings, which tests bring along themselves. */
export interface Surroundings {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default the system's */
  readonly clock?: Clock;
}

/** The options that every command takes. */
export interface GlobalOptions extends AwsTarget {
  readonly json?: boolean;
}

/** @throws RotationError `InvalidConfig` for a malformed environment variable. */
export function createContext(options: GlobalOptions, surroundings: Surroundings): Context {
  const { streams, env, clock = systemClock } = surroundings;
  const settings = parseSettings(env);
  const aws = awsClients(options);
  return {
    aws,
    secretStore: createSecretStore(aws.secretsManager),
    parameterStore: createParameterStore(aws.ssm),
    fleet: fleetReader(aws),
    eventSources: memoize((EventSourceArn) =>
      attempt('lambda:ListEventSourceMappings', () => listEventSources(aws, { EventSourceArn })),
    ),
    settings: {
      ...settings,
      allowLoopbackProvider: settings.allowLoopbackProvider || options.local === true,
      region: options.region ?? (options.local ? localRegion : settings.region),
    },
    clock,
    terminal: new Terminal(streams, options.json === true, env),
    prompts: new Prompts(streams),
  };
}
