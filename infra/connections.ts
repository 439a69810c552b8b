import * as v from 'valibot';
import type { OnBrokenChain } from '../lambda/core/connection';
import { authBaseUrlRule, parseAuthBaseUrl } from '../lambda/core/hosts';
import { connectionNamePattern, connectionNameRule, scheduleName } from '../lambda/core/names';
import { isBare } from '../lambda/core/validate';
import { ConfigurationError } from './configurationError';

/** One legacy installed package in one context, as `cdk.json` lists it. */
export interface Connection {
  /** 1 to 63 lower-case letters, digits or hyphens; part of every name that belongs to it. */
  readonly name: string;
  /** Origin of the token endpoint, such as `https://SUBDOMAIN.auth.marketingcloudapis.com`. */
  readonly authBaseUrl: string;
  readonly clientId: string;
  /**
   * `reissue` asks for a new chain with the client's credentials alone: right for a
   * server-to-server package only, since a chain from a user's login would change its owner.
   *
   * @default 'alarm'
   */
  readonly onBrokenChain?: OnBrokenChain;
  /**
   * Other Regions that get a read-only copy of the secret.
   *
   * @default - none
   */
  readonly replicaRegions?: readonly string[];
}

/**
 * As many as fit under any names into the policies of one role, which CDK splits as they grow:
 * 10,240 characters inline and ten managed policies of 6,144 (IAM user guide, "IAM and AWS STS
 * quotas"). The 500 resources that CloudFormation allows a stack are further away.
 */
export const connectionsPerStack = 50;

const example = JSON.stringify({
  name: 'example',
  authBaseUrl: 'https://SUBDOMAIN.auth.marketingcloudapis.com',
  clientId: 'CLIENT-ID',
});
const remedy = `In cdk.json write: "context": { "connections": [${example}] }`;

const region = v.pipe(
  v.string('must be a Region name, such as "eu-west-1"'),
  v.regex(/^[a-z]+(-[a-z]+)+-\d$/, 'must be a Region name, such as "eu-west-1"'),
);

const members = {
  name: v.pipe(v.string(connectionNameRule), v.regex(connectionNamePattern, connectionNameRule)),
  authBaseUrl: v.pipe(
    v.string(authBaseUrlRule),
    v.check((url) => parseAuthBaseUrl(url) !== undefined, authBaseUrlRule),
    v.transform((url) => parseAuthBaseUrl(url) ?? url),
  ),
  clientId: v.pipe(
    v.string("must be the installed package's client id, in quotes"),
    v.regex(/^\S+$/, "must be the installed package's client id, without spaces"),
    // As the rotator demands: it is printed on operators' terminals.
    v.regex(/^[\x21-\x7e]+$/, "must be the installed package's client id, in visible ASCII"),
    v.check(isBare, "must be the installed package's client id alone, without quotes of its own"),
  ),
  onBrokenChain: v.optional(
    v.picklist(['alarm', 'reissue'], 'must be "alarm" or "reissue"'),
    'alarm',
  ),
  replicaRegions: v.optional(
    v.pipe(
      v.array(region, 'must be a list of Region names, such as ["eu-west-1"]'),
      v.check((regions) => new Set(regions).size === regions.length, 'must name each Region once'),
    ),
    [],
  ),
};

const schema = v.array(
  v.strictObject(members, (issue) => {
    if (issue.path === undefined) return `must be an object such as ${example}`;
    if (issue.expected !== 'never') return 'is missing: add it';
    return `is unknown: remove it, or write one of ${Object.keys(members).join(', ')}`;
  }),
);

/**
 * Checks a list of connections and fills in the defaults.
 *
 * @throws ConfigurationError with one line for each mistake: the connection, the field, the remedy.
 */
export function parseConnections(value: unknown): Required<Connection>[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ConfigurationError(`connections must be a list of at least one. ${remedy}`);
  }
  const result = v.safeParse(schema, value, { abortPipeEarly: true });
  if (!result.success) throw mistakes(result.issues.map((issue) => describe(issue, value)));

  const connections = result.output;
  const names = connections.map(({ name }) => name);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  if (repeated.size > 0) {
    throw mistakes(
      [...repeated].map((name) => `Connection "${name}": name is taken: give each its own`),
    );
  }
  const schedules = names.map(scheduleName);
  const alike = names.filter((_, index) => schedules.indexOf(schedules[index] ?? '') !== index);
  if (alike.length > 0) {
    throw mistakes(
      alike.map((name) => `Connection "${name}": name has the first 59 characters of another`),
    );
  }
  if (connections.length > connectionsPerStack) {
    throw new ConfigurationError(
      `There are ${connections.length} connections, and the IAM policies of one rotator hold ` +
        `${connectionsPerStack}. A fleet holds any number: set "fleet": true, and add them with ` +
        '"npm run ops -- seed" (docs/fleet.md).',
    );
  }
  return connections;
}

function mistakes(lines: string[]): ConfigurationError {
  return new ConfigurationError(lines.map((line) => `${line}.`).join('\n'));
}

function describe(issue: v.BaseIssue<unknown>, value: unknown): string {
  const [position, field, place] = (issue.path ?? []).map(({ key }) => key);
  if (typeof position !== 'number') return `connections ${issue.message}`;
  const name = Array.isArray(value) ? value[position]?.name : undefined;
  const connection =
    typeof name === 'string'
      ? `Connection ${JSON.stringify(name)}`
      : `Connection ${position + 1} in the list`;
  if (field === undefined) return `${connection} ${issue.message}`;
  return `${connection}: ${field}${place === undefined ? '' : `[${place}]`} ${issue.message}`;
}
