import {
  DescribeParametersCommand,
  GetParametersByPathCommand,
  type Parameter,
  type ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import { type ConnectionConfig, parseConnectionConfig } from '../../lambda/core/connection';
import { RotationError } from '../../lambda/core/errors';
import { connectionParameter, parameterNames } from '../../lambda/core/names';
import type { AwsAccess } from '../awsAccess';
import { isDenied } from '../failures/awsFailure';
import { CallPace } from './pace';
import type { PresentParameters } from './parameters';

/**
 * Of the 40 calls a second that Parameter Store allows by default (AWS General Reference, "AWS Systems
 * Manager endpoints and quotas"). The rest is the rotator's.
 */
const pagesPerSecond = 25;
/** So many are read without a wait. */
const firstPages = 20;
/** Of DescribeParameters, whose quota is not documented, and not that of the rotator's calls. */
const describedPagesPerSecond = 20;

/** A parameter of a connection. */
export interface RegisteredParameter {
  readonly connection: string;
  /** The last part of its name, such as `config`. */
  readonly leaf: string;
  readonly type: string | undefined;
  /** A SecureString's is encrypted. */
  readonly value: string;
}

/**
 * The parameters of all connections, page by page, in no order that could be relied on.
 *
 * @param type `String` leaves out the SecureStrings, so that only configs are left.
 */
async function* registryPages(
  { aws, settings, clock }: AwsAccess,
  type?: 'String',
): AsyncGenerator<readonly RegisteredParameter[]> {
  const { parameterPrefix } = settings;
  const pages = new CallPace(clock, pagesPerSecond, firstPages).pages((NextToken) =>
    aws.ssm.send(
      new GetParametersByPathCommand({
        Path: parameterPrefix,
        Recursive: true,
        WithDecryption: false,
        MaxResults: 10,
        NextToken,
        ...(type === undefined ? {} : { ParameterFilters: [{ Key: 'Type', Values: [type] }] }),
      }),
    ),
  );
  for await (const { Parameters = [] } of pages) {
    yield Parameters.flatMap((parameter) => registered(parameter, parameterPrefix) ?? []);
  }
}

function registered(
  { Name = '', Type, Value = '' }: Parameter,
  prefix: string,
): RegisteredParameter | undefined {
  const named = connectionParameter(Name, prefix);
  return named && { ...named, type: Type, value: Value };
}

const collator = new Intl.Collator('en', { numeric: true });

/** As people count: `many-2` comes before `many-10`. */
const byName = ({ name: a }: { readonly name: string }, { name: b }: { name: string }) =>
  collator.compare(a, b);

/** A connection that the Region has a config for. */
export interface FoundConnection {
  readonly name: string;
  /** Undefined if the parameter cannot be understood; `problem` says why. */
  readonly config?: ConnectionConfig;
  readonly problem?: string;
}

/**
 * Every connection that has a config, by name.
 *
 * @param mostPages of the registry, if some connections are enough; the rest is left out
 */
export async function findConnections(
  access: AwsAccess,
  mostPages = Number.POSITIVE_INFINITY,
): Promise<FoundConnection[]> {
  const found: FoundConnection[] = [];
  let pages = 0;
  for await (const page of registryPages(access, 'String')) {
    for (const { connection: name, leaf, value } of page) {
      if (leaf === 'config') found.push({ name, ...readConfig(access.settings, name, value) });
    }
    pages += 1;
    if (pages >= mostPages) break;
  }
  return found.sort(byName);
}

/** What is left of a connection that has no config any more, or none yet. */
export interface Leftover {
  readonly name: string;
  /** The last parts of their names, such as `client-secret`. */
  readonly parameters: readonly string[];
}

/**
 * The names of the SecureStrings of each connection, by the last parts.
 *
 * @throws what AWS answers
 */
export async function findSecureParameters({
  aws,
  settings,
  clock,
}: AwsAccess): Promise<ReadonlyMap<string, readonly string[]>> {
  const { parameterPrefix } = settings;
  const found = new Map<string, readonly string[]>();
  const pages = describedPages({ aws, clock }, [
    { Key: 'Name', Option: 'BeginsWith', Values: [parameterPrefix] },
    { Key: 'Type', Values: ['SecureString'] },
  ]);
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '' } of Parameters) {
      const named = connectionParameter(Name, parameterPrefix);
      if (named) found.set(named.connection, [...(found.get(named.connection) ?? []), named.leaf]);
    }
  }
  return found;
}

/** Of connections that have no config: removed in part, or made in part. */
export function leftoversOf(
  parameters: ReadonlyMap<string, readonly string[]>,
  connections: readonly FoundConnection[],
): readonly Leftover[] {
  const configured = new Set(connections.map(({ name }) => name));
  return [...parameters]
    .filter(([name]) => !configured.has(name))
    .map(([name, leaves]) => ({ name, parameters: leaves }))
    .sort(byName);
}

const describedPages = (
  { aws, clock }: Pick<AwsAccess, 'aws' | 'clock'>,
  ParameterFilters: ParameterStringFilter[],
) =>
  new CallPace(clock, describedPagesPerSecond, firstPages).pages((NextToken) =>
    aws.ssm.send(new DescribeParametersCommand({ ParameterFilters, MaxResults: 50, NextToken })),
  );

/** Understands the text of a config parameter. */
export function readConfig(
  { parameterPrefix, allowLoopbackProvider: allowLoopback }: AwsAccess['settings'],
  name: string,
  text: string,
): Omit<FoundConnection, 'name'> {
  const { config: parameter } = parameterNames(name, parameterPrefix);
  try {
    return { config: parseConnectionConfig(name, parameter, text, { allowLoopback }) };
  } catch (thrown) {
    if (!(thrown instanceof RotationError)) throw thrown;
    return { problem: thrown.message };
  }
}

/** A connection with what Parameter Store holds of it. */
export interface RegisteredConnection {
  readonly name: string;
  readonly parameters: PresentParameters & {
    /** The config's text; undefined if it was not read. */
    readonly config: string | undefined;
    /** Undefined if it was read. */
    readonly configChangedAtMs: number | undefined;
  };
}

export interface RegisteredConnections {
  /** By name. */
  readonly connections: readonly RegisteredConnection[];
  /** Whether there are so many that they are better listed than looked at one by one. */
  readonly areMany: boolean;
}

/**
 * Every connection that has a config, with what Parameter Store holds of it: by the pages of the
 * registry, which are fewer than the connections, instead of a call for each. If there are many
 * pages, by those of DescribeParameters, which hold five times as much, and no values.
 *
 * @param onFound called with how many there are so far
 */
export async function registeredConnections(
  access: AwsAccess,
  onFound: (count: number) => void,
): Promise<RegisteredConnections> {
  const found = new Registered();
  let pages = 0;
  for await (const page of registryPages(access)) {
    for (const parameter of page) found.note(parameter);
    onFound(found.count);
    pages += 1;
    if (pages !== firstPages) continue;
    const described = await describedConnections(access, onFound);
    if (described) return { connections: described, areMany: true };
  }
  return { connections: found.connections(), areMany: pages > firstPages };
}

/** Undefined if parameters may not be described. */
async function describedConnections(
  { aws, settings, clock }: AwsAccess,
  onFound: (count: number) => void,
): Promise<RegisteredConnection[] | undefined> {
  const { parameterPrefix } = settings;
  const pages = describedPages({ aws, clock }, [
    { Key: 'Name', Option: 'BeginsWith', Values: [parameterPrefix] },
  ]);
  const found = new Registered();
  try {
    for await (const { Parameters = [] } of pages) {
      for (const { Name = '', Type, LastModifiedDate } of Parameters) {
        const named = connectionParameter(Name, parameterPrefix);
        const changedAtMs = LastModifiedDate?.getTime();
        if (named) found.note({ ...named, type: Type, value: undefined, changedAtMs });
      }
      onFound(found.count);
    }
  } catch (thrown) {
    if (isDenied(thrown)) return undefined;
    throw thrown;
  }
  return found.connections();
}

const nothing: RegisteredConnection['parameters'] = {
  hasConfig: false,
  config: undefined,
  configChangedAtMs: undefined,
  clientSecretType: undefined,
  stagedSecretType: undefined,
  hasEscrow: false,
};

/** Connections, as their parameters come in. */
class Registered {
  readonly #found = new Map<string, RegisteredConnection['parameters']>();

  get count(): number {
    return this.#found.size;
  }

  note({
    connection,
    leaf,
    type,
    value,
    changedAtMs,
  }: Omit<RegisteredParameter, 'value'> & {
    readonly value: string | undefined;
    readonly changedAtMs?: number | undefined;
  }): void {
    const more: Readonly<Record<string, Partial<RegisteredConnection['parameters']>>> = {
      config: { hasConfig: true, config: value, configChangedAtMs: changedAtMs },
      'client-secret': { clientSecretType: type },
      'client-secret-next': { stagedSecretType: type },
      escrow: { hasEscrow: true },
    };
    this.#found.set(connection, { ...(this.#found.get(connection) ?? nothing), ...more[leaf] });
  }

  /** Those that have a config, by name. */
  connections(): RegisteredConnection[] {
    return [...this.#found]
      .filter(([, { hasConfig }]) => hasConfig)
      .map(([name, parameters]) => ({ name, parameters }))
      .sort(byName);
  }
}
