import { type Clock, systemClock } from '../lambda/effects/clock';
import { createParameterStore } from '../lambda/effects/parameterStore';
import { createSecretStore } from '../lambda/effects/secretStore';
import { parseSettings } from '../lambda/rotator/settings';
import { type AwsAccess, type AwsTarget, awsClients, lazily, localRegion } from './awsAccess';
import { RegionReader } from './connection/connectionReader';
import { requireProfile } from './profiles';
import { Prompts } from './terminal/prompts';
import { type OutputFormat, type Streams, Terminal } from './terminal/terminal';

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
  readonly output?: OutputFormat;
}

const formatOf = ({ json, output = 'table' }: GlobalOptions): OutputFormat =>
  json ? 'json' : output;

/** @throws RotationError `InvalidConfig` for a malformed environment variable. */
export function createContext(options: GlobalOptions, surroundings: Surroundings): Context {
  const { streams, env, clock = systemClock } = surroundings;
  const settings = parseSettings(env);
  const prompts = new Prompts(streams);
  if (!options.local) requireProfile(options.profile, env);
  // The SDK knows AWS_REGION alone. As in the AWS CLI, either goes before the profile's.
  const region = options.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined);
  const aws = awsClients({
    ...options,
    region: options.local ? options.region : region,
    env,
    mfaCodeProvider: (device) => prompts.mfaCode(device),
  });
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
      region: options.local ? (options.region ?? localRegion) : (region ?? settings.region),
    },
    clock,
  };
  const own = {
    region: new RegionReader(access),
    terminal: new Terminal(streams, formatOf(options), env),
    prompts,
  };
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(access)) as Context;
}
