import { type Clock, systemClock } from '../lambda/effects/clock';
import { createParameterStore } from '../lambda/effects/parameterStore';
import { createSecretStore } from '../lambda/effects/secretStore';
import { parseSettings } from '../lambda/rotator/settings';
import { type AwsAccess, type AwsTarget, awsClients, lazily, localRegion } from './awsAccess';
import { RegionReader } from './connection/connectionReader';
import { Prompts } from './terminal/prompts';
import { type Streams, Terminal } from './terminal/terminal';

/** What a command works with. */
export interface Context extends AwsAccess {
  /** What AWS holds. */
  readonly region: RegionReader;
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
  const stores = lazily<Pick<AwsAccess, 'secretStore' | 'parameterStore'>>({
    secretStore: () => createSecretStore(aws.secretsManager),
    parameterStore: () => createParameterStore(aws.ssm),
  });
  const access: AwsAccess = {
    aws,
    get secretStore() {
      return stores.secretStore;
    },
    get parameterStore() {
      return stores.parameterStore;
    },
    settings: {
      ...settings,
      allowLoopbackProvider: settings.allowLoopbackProvider || options.local === true,
      region: options.region ?? (options.local ? localRegion : settings.region),
    },
    clock,
  };
  const own = {
    region: new RegionReader(access),
    terminal: new Terminal(streams, options.json === true, env),
    prompts: new Prompts(streams),
  };
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(access)) as Context;
}
