import type { Node } from 'constructs';
import * as v from 'valibot';
import { connectionNamePattern } from '../lambda/core/names';
import { ConfigurationError } from './configurationError';
import { parseConnections } from './connections';
import type { TokenRotationFleetStackProps } from './fleet/fleetStack';
import type { TokenRotationStackProps } from './rotationStack';

/** Every name that is looked for in the context. */
export const settingNames = [
  ...['connections', 'detailedMonitoring', 'existingSecrets'],
  ...['kmsKeyArn', 'previousKmsKeyArns', 'reservedConcurrency', 'alarmEmail', 'runbookUrl'],
  ...['fleet', 'fleetConcurrency', 'fleetOperators', 'fleetShard'],
];

/**
 * Reads the stack's settings from the context of `cdk.json`: `connections`, and optionally
 * the other ones of {@link settingNames}. `cdk -c NAME=VALUE` sets one for a single run, as text.
 *
 * @throws ConfigurationError that names the setting and the remedy.
 */
export function readSettings(node: Node): TokenRotationStackProps {
  const detailedMonitoring = node.tryGetContext('detailedMonitoring');
  const existingSecrets = node.tryGetContext('existingSecrets');
  return {
    connections: parseConnections(fromText(node.tryGetContext('connections'))),
    ...(detailedMonitoring === undefined
      ? {}
      : { detailedMonitoring: parseFlag('detailedMonitoring', fromText(detailedMonitoring)) }),
    ...(existingSecrets === undefined
      ? {}
      : { existingSecrets: parseNames('existingSecrets', fromText(existingSecrets)) }),
    ...readSharedSettings(node),
  };
}

export interface FleetSettings extends TokenRotationFleetStackProps {
  /** What its stack is called by beside the others of the account. */
  readonly shard?: string;
}

/**
 * Reads the settings of a fleet: `fleet`, and optionally `fleetConcurrency`, `fleetOperators`,
 * `fleetShard` and what {@link readSettings} takes beside the connections.
 *
 * @returns undefined if no fleet is asked for
 * @throws ConfigurationError that names the setting and the remedy.
 */
export function readFleetSettings(node: Node): FleetSettings | undefined {
  if (!parseFlag('fleet', fromText(node.tryGetContext('fleet')))) return undefined;
  const concurrency = node.tryGetContext('fleetConcurrency');
  const operators = node.tryGetContext('fleetOperators');
  const shard = node.tryGetContext('fleetShard');
  return {
    ...(concurrency === undefined ? {} : { concurrency: Number(concurrency) }),
    ...(operators === undefined ? {} : { operators: parsePrefixes(fromText(operators)) }),
    ...(shard === undefined ? {} : { shard: parseShard(shard) }),
    ...readSharedSettings(node),
  };
}

function readSharedSettings(node: Node) {
  const kmsKeyArn = node.tryGetContext('kmsKeyArn');
  const previousKmsKeyArns = node.tryGetContext('previousKmsKeyArns');
  const reservedConcurrency = node.tryGetContext('reservedConcurrency');
  const alarmEmail = node.tryGetContext('alarmEmail');
  const runbookUrl = node.tryGetContext('runbookUrl');
  return {
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn: parseKeyArn('kmsKeyArn', kmsKeyArn) }),
    ...(previousKmsKeyArns === undefined
      ? {}
      : { previousKmsKeyArns: parseKeyArns(fromText(previousKmsKeyArns)) }),
    ...(reservedConcurrency === undefined
      ? {}
      : { reservedConcurrency: Number(reservedConcurrency) }),
    ...(alarmEmail === undefined ? {} : { alarmEmail: parseEmail(alarmEmail) }),
    ...(runbookUrl === undefined ? {} : { runbookUrl: parseUrl('runbookUrl', runbookUrl) }),
  };
}

function parseFlag(name: string, value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw new ConfigurationError(`${name} is ${JSON.stringify(value)}: write true, or leave it out.`);
}

function parseShard(value: unknown): string {
  if (typeof value === 'string' && /^[a-z][a-z0-9-]{0,31}$/.test(value)) return value;
  throw new ConfigurationError(
    `fleetShard is ${JSON.stringify(value)}: write a short name, such as "west", or leave it out.`,
  );
}

function parsePrefixes(value: unknown): string[] {
  const names = namesIn(value);
  if (names) return names;
  throw new ConfigurationError(
    `fleetOperators is ${JSON.stringify(value)}: write a list of beginnings of connections' names, ` +
      'each once, such as ["acme-", "globex-"].',
  );
}

function parseNames(setting: string, value: unknown): string[] {
  const names = namesIn(value);
  if (names) return names;
  throw new ConfigurationError(
    `${setting} is ${JSON.stringify(value)}: write a list of connections' names, each once, such as ` +
      '["news"].',
  );
}

function namesIn(value: unknown): string[] | undefined {
  const result = v.safeParse(v.array(v.pipe(v.string(), v.regex(connectionNamePattern))), value);
  const isList = result.success && new Set(result.output).size === result.output.length;
  return isList ? result.output : undefined;
}

function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const keyArn =
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** An alias will not do: IAM policies know a key by its own ARN alone. */
function parseKeyArn(setting: string, value: unknown): string {
  if (typeof value === 'string' && keyArn.test(value)) return value;
  throw new ConfigurationError(
    `${setting} is ${JSON.stringify(value)}: ` +
      'write the ARN of a key (not of an alias), such as "arn:aws:kms:REGION:ACCOUNT:key/KEY-ID".',
  );
}

function parseKeyArns(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((arn) => parseKeyArn('previousKmsKeyArns', arn));
  throw new ConfigurationError(
    `previousKmsKeyArns is ${JSON.stringify(value)}: write a list of ARNs of keys.`,
  );
}

/** SNS sends to any address of this shape; whether it is anyone's, the confirmation shows. */
function parseEmail(value: unknown): string {
  const result = v.safeParse(v.pipe(v.string(), v.email()), value);
  if (result.success) return result.output;
  throw new ConfigurationError(
    `alarmEmail is ${JSON.stringify(value)}: write one e-mail address, such as "ops@example.com"; ` +
      'subscribe further ones to the topic.',
  );
}

function parseUrl(name: string, value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.hash === '') return String(value);
  throw new ConfigurationError(
    `${name} is ${JSON.stringify(value)}: write an absolute URL without "#", such as ` +
      '"https://wiki.example.com/token-rotator/runbook".',
  );
}
