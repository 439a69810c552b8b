import { type Parameter, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { connectionParameter } from '../lambda/core/names';
import type { Context } from './context';

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
export async function* registryPages(
  { aws, settings, clock }: Context,
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

export const byName = ({ name: a }: { readonly name: string }, { name: b }: { name: string }) =>
  a < b ? -1 : a > b ? 1 : 0;
