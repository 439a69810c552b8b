import { type Parameter, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { type ConnectionConfig, parseConnectionConfig } from '../../lambda/core/connection';
import { RotationError } from '../../lambda/core/errors';
import { connectionParameter, parameterNames } from '../../lambda/core/names';
import type { AwsAccess } from '../awsAccess';
import type { StoredParameters } from './parameters';

/**
 * At most this many pages a second: half of the 40 calls that Parameter Store allows by default (AWS
 * General Reference, "AWS Systems Manager endpoints and quotas"). The rest is the rotator's.
 */
const pageMs = 50;
/** So many are read without a wait. */
const firstPages = 20;

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
  const pages = paginateGetParametersByPath(
    { client: aws.ssm, pageSize: 10 },
    {
      Path: parameterPrefix,
      Recursive: true,
      WithDecryption: false,
      ...(type === undefined ? {} : { ParameterFilters: [{ Key: 'Type', Values: [type] }] }),
    },
  );
  let count = 0;
  let askedAtMs = clock.now();
  for await (const { Parameters = [] } of pages) {
    yield Parameters.flatMap((parameter) => registered(parameter, parameterPrefix) ?? []);
    count += 1;
    const leftMs = askedAtMs + pageMs - clock.now();
    if (count >= firstPages && leftMs > 0) await clock.sleep(leftMs);
    askedAtMs = clock.now();
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
export const byName = ({ name: a }: { readonly name: string }, { name: b }: { name: string }) =>
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
 * @param mostPages of the registry, for whom some connections will do; the rest is left out
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
  readonly parameters: StoredParameters;
}

/**
 * Every connection that has a config, by name, with what Parameter Store holds of it: by the pages
 * of the registry, of which there are fewer than connections, instead of a call for each.
 *
 * @param onFound called with how many there are so far
 */
export async function registeredConnections(
  access: AwsAccess,
  onFound: (count: number) => void,
): Promise<RegisteredConnection[]> {
  const found = new Map<string, StoredParameters>();
  for await (const page of registryPages(access)) {
    for (const { connection, leaf, type, value } of page) {
      const stored = found.get(connection) ?? nothing;
      const more: Readonly<Record<string, Partial<StoredParameters>>> = {
        config: { config: value },
        'client-secret': { clientSecretType: type },
        'client-secret-next': { stagedSecretType: type },
        escrow: { hasEscrow: true },
      };
      found.set(connection, { ...stored, ...more[leaf] });
    }
    onFound(found.size);
  }
  return [...found]
    .filter(([, { config }]) => config !== undefined)
    .map(([name, parameters]) => ({ name, parameters }))
    .sort(byName);
}

const nothing: StoredParameters = {
  config: undefined,
  clientSecretType: undefined,
  stagedSecretType: undefined,
  hasEscrow: false,
};
