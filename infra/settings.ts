import type { Node } from 'constructs';
import * as v from 'valibot';
import { ConfigurationError } from './configurationError';
import { parseConnections } from './connections';
import type { TokenRotationStackProps } from './rotationStack';

/**
 * Reads the stack's settings from the context of `cdk.json`: `connections`, and optionally
 * `kmsKeyArn`, `reservedConcurrency` and `alarmEmail`. `cdk -c NAME=VALUE` sets one for a single run, as text.
 *
 * @throws ConfigurationError that names the setting and the remedy.
 */
export function readSettings(node: Node): TokenRotationStackProps {
  const kmsKeyArn = node.tryGetContext('kmsKeyArn');
  const reservedConcurrency = node.tryGetContext('reservedConcurrency');
  const alarmEmail = node.tryGetContext('alarmEmail');
  return {
    connections: parseConnections(fromText(node.tryGetContext('connections'))),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn: parseKeyArn(kmsKeyArn) }),
    ...(reservedConcurrency === undefined
      ? {}
      : { reservedConcurrency: Number(reservedConcurrency) }),
    ...(alarmEmail === undefined ? {} : { alarmEmail: parseEmail(alarmEmail) }),
  };
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
function parseKeyArn(value: unknown): string {
  if (typeof value === 'string' && keyArn.test(value)) return value;
  throw new ConfigurationError(
    `kmsKeyArn is ${JSON.stringify(value)}: ` +
      'write the ARN of a key (not of an alias), such as "arn:aws:kms:REGION:ACCOUNT:key/KEY-ID".',
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
