/** What a connection may be called, and the same in words for an error. */
export const connectionNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const connectionNameRule =
  'must be 1 to 63 lower-case letters, digits or hyphens, and begin with a letter or digit';

/** Where one connection's data lives: the names that operators, readers and the rotator share. */
export interface ConnectionNames extends ParameterNames {
  /** Secrets Manager: the token set. */
  readonly secret: string;
}

/** The names in Parameter Store. */
export interface ParameterNames {
  /** String: authBaseUrl, clientId and onBrokenChain as JSON. */
  readonly config: string;
  /** SecureString: the client secret in use. */
  readonly clientSecret: string;
  /** SecureString: the staged client secret, tried when the first is refused. */
  readonly stagedClientSecret: string;
  /** SecureString: a token set that Secrets Manager would not take. */
  readonly escrow: string;
}

/** What stands before the connection in the names of secrets and parameters, unless the environment says otherwise. */
export const defaultSecretPrefix = 'sfmc/';
export const defaultParameterPrefix = '/sfmc/';

/** @param parameterPrefix with both its slashes, such as `/sfmc/` */
export function parameterNames(
  connection: string,
  parameterPrefix = defaultParameterPrefix,
): ParameterNames {
  const path = `${parameterPrefix}${connection}`;
  return {
    config: `${path}/config`,
    clientSecret: `${path}/client-secret`,
    stagedClientSecret: `${path}/client-secret-next`,
    escrow: `${path}/escrow`,
  };
}

/**
 * Whose parameter it is and the last part of its name, such as `config`; undefined for one that is no
 * connection's.
 *
 * @param name of something below the prefix
 */
export function connectionParameter(
  name: string,
  parameterPrefix: string,
): { readonly connection: string; readonly leaf: string } | undefined {
  const [connection = '', leaf, ...more] = name.slice(parameterPrefix.length).split('/');
  if (leaf === undefined || more.length > 0) return undefined;
  return connectionNamePattern.test(connection) ? { connection, leaf } : undefined;
}

/** By the default prefixes, which the stack keeps to. */
export function connectionNames(connection: string): ConnectionNames {
  return { secret: `${defaultSecretPrefix}${connection}`, ...parameterNames(connection) };
}

/**
 * The name of a connection's schedule in the default group. EventBridge Scheduler takes 64
 * characters: the last ones of a longer name are left out.
 */
export const scheduleName = (connection: string) => `sfmc-${connection}`.slice(0, 64);

/**
 * String parameter that says where a fleet's functions and queue are: a {@link FleetParameter} as
 * JSON. Not under `/sfmc/`, where every `config` is a connection.
 */
export const fleetParameterName = '/sfmc-token-rotator/fleet';

/** What the operator's program finds a fleet by. */
export interface FleetParameter {
  readonly rotatorArn: string;
  readonly dispatcherArn: string;
  /** Of the FIFO queue between the two. */
  readonly queueUrl: string;
  /** Of the dispatcher's schedule, in EventBridge Scheduler's default group. */
  readonly scheduleName: string;
  /** For new secrets; absent under the AWS managed key `aws/secretsmanager`. */
  readonly kmsKeyArn?: string;
}

/** The dot keeps it apart from the schedules of connections. */
export const fleetScheduleName = 'sfmc-token-rotator.fleet';

/** Tag of a fleet's secrets, and of who may read one of them. Its value is the connection's name. */
export const connectionTag = 'sfmc-connection';

/** `source` and `detail-type` of the events that the rotator puts on the event bus. */
export const eventSource = 'sfmc-token-rotator';
export const eventDetailType = 'SFMC Token Rotation';
