import * as v from 'valibot';
import type { Delivery } from '../core/delivery';
import { RotationError } from '../core/errors';
import { connectionNamePattern, connectionNameRule } from '../core/names';
import { objectOf, parseJson, validate } from '../core/validate';

/** One connection to keep fresh, as a schedule or a person asks for it. */
export interface ConnectionEvent {
  readonly connection: string;
  /** Rotate though the token is fresh. */
  readonly force: boolean;
  /** Of a message that goes on with what a direct invocation, or an older message, has begun. */
  readonly isFollowUp?: boolean;
}

/** One step of Secrets Manager's own rotation. */
export interface RotationStepEvent {
  readonly step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly connection: string;
  /** The version that the rotation is to bring about. */
  readonly versionId: string;
}

/** A message of an SQS queue. Its body is read only once its turn has come. */
export interface BatchMessage {
  readonly messageId: string;
  readonly body: string;
  /** How it was delivered; without what SQS says of that, it counts as asked for by hand. */
  readonly delivery: Delivery;
  /** Messages of a group are delivered one at a time. */
  readonly group?: string | undefined;
}

/** Messages of an SQS queue; each names a connection. */
export interface BatchEvent {
  readonly messages: readonly BatchMessage[];
}

/** What the function may be invoked with. */
export type RotatorEvent =
  | ({ readonly kind: 'connection' } & ConnectionEvent)
  | ({ readonly kind: 'step' } & RotationStepEvent)
  | ({ readonly kind: 'batch' } & BatchEvent);

const connectionName = v.pipe(
  v.string('must be a string'),
  v.regex(connectionNamePattern, connectionNameRule),
);

const connectionEvent = objectOf({
  connection: connectionName,
  force: v.optional(v.boolean('must be true or false'), false),
  isFollowUp: v.optional(v.boolean('must be true or false')),
});

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const stepEvent = objectOf({
  Step: v.picklist(steps, `must be one of ${steps.join(', ')}`),
  SecretId: v.string('must be a string'),
  ClientRequestToken: v.pipe(
    v.string('must be a string'),
    v.regex(/^[\w-]{32,64}$/, 'must be a version id of 32 to 64 characters'),
  ),
});

const count = v.pipe(v.string(''), v.regex(/^\d{1,15}$/, ''), v.transform(Number));

/** SQS counts and dates a message in attributes (Amazon SQS API Reference, "ReceiveMessage"). */
const attributes = objectOf({
  ApproximateReceiveCount: count,
  SentTimestamp: count,
  MessageGroupId: v.optional(v.string('')),
});

const batchEvent = objectOf({
  Records: v.array(
    objectOf({
      messageId: v.string('must be a string'),
      body: v.string('must be a string'),
      eventSourceARN: v.optional(v.string('must be a string')),
      attributes: v.fallback(v.optional(attributes), undefined),
    }),
    'must be a list',
  ),
});

/** @throws RotationError `InvalidEvent`, naming the field and the shape that is expected. */
export function parseEvent(
  event: unknown,
  {
    secretPrefix,
    queueArn,
  }: { readonly secretPrefix: string; readonly queueArn?: string | undefined },
): RotatorEvent {
  if (typeof event === 'object' && event !== null && 'Step' in event) {
    return { kind: 'step', ...parseStepEvent(event, secretPrefix) };
  }
  if (typeof event === 'object' && event !== null && 'Records' in event) {
    return { kind: 'batch', messages: parseBatchEvent(event, queueArn) };
  }
  return { kind: 'connection', ...parseConnectionEvent(event) };
}

function parseConnectionEvent(event: unknown): ConnectionEvent {
  const parsed = validate(connectionEvent, event);
  if (!parsed.ok) {
    const expected =
      'Send {"connection":"NAME"}, with "force":true to rotate a token that is fresh.';
    throw invalid(parsed, expected);
  }
  const { connection, force, isFollowUp } = parsed.value;
  return { connection, force, ...(isFollowUp !== undefined && { isFollowUp }) };
}

/**
 * @throws RotationError `InvalidEvent`, as for an event that names a connection; and for one that came
 * in another connection's group, where it could run beside the messages of its own.
 */
export function parseMessage({
  body,
  group,
}: Pick<BatchMessage, 'body' | 'group'>): ConnectionEvent {
  const json = parseJson(body);
  const event = parseConnectionEvent(json.ok ? json.value : body);
  if (group === undefined || group === event.connection) return event;
  const problem = `must be the message's group, which is "${group.replace(/[^\w-]/g, '?')}"`;
  throw invalid({ field: 'connection', problem }, 'Send it with the connection as MessageGroupId.');
}

function parseBatchEvent(event: unknown, queueArn: string | undefined): readonly BatchMessage[] {
  const parsed = validate(batchEvent, event);
  if (!parsed.ok) throw invalid(parsed, 'SQS sends {"Records":[{"messageId","body"}]}.');
  return parsed.value.Records.map(({ messageId, body, eventSourceARN, attributes }) => {
    if (queueArn !== undefined && eventSourceARN !== queueArn) {
      const problem = `must be that of the function's own queue, ${queueArn}`;
      throw invalid({ field: 'eventSourceARN', problem }, 'Send the message to that queue.');
    }
    const delivery: Delivery = attributes
      ? {
          by: 'queue',
          receiveCount: attributes.ApproximateReceiveCount,
          sentAtMs: attributes.SentTimestamp,
        }
      : { by: 'hand' };
    return { messageId, body, delivery, group: attributes?.MessageGroupId };
  });
}

function parseStepEvent(event: unknown, secretPrefix: string): RotationStepEvent {
  const expected = 'Secrets Manager sends {"Step","SecretId","ClientRequestToken"}.';
  const parsed = validate(stepEvent, event);
  if (!parsed.ok) throw invalid(parsed, expected);
  const { Step: step, SecretId: secretId, ClientRequestToken: versionId } = parsed.value;
  const connection = connectionOf(secretId, secretPrefix);
  if (connection !== undefined) return { step, connection, versionId };
  throw invalid(
    { field: 'SecretId', problem: `must be the ARN or the name of a secret "${secretPrefix}NAME"` },
    expected,
  );
}

/** An ARN ends in a hyphen and six characters that Secrets Manager adds to the name. */
function connectionOf(secretId: string, secretPrefix: string): string | undefined {
  const arn = /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:(.+)-[A-Za-z0-9]{6}$/.exec(secretId);
  const name = arn?.[1] ?? secretId;
  if (!name.startsWith(secretPrefix)) return undefined;
  const connection = name.slice(secretPrefix.length);
  return connectionNamePattern.test(connection) ? connection : undefined;
}

function invalid(
  { field, problem }: { readonly field: string; readonly problem: string },
  expected: string,
): RotationError {
  return new RotationError(
    'InvalidEvent',
    `The event's ${field || 'value'} ${problem}. ${expected}`,
  );
}
