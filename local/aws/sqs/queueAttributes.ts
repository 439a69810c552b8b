import { parseJsonInput } from '../protocols/jsonInput';
import { invalidAttribute, onlyFifo, unknownAttribute } from './sqsErrors';

/** The settings of a queue as requests carry them: all of them text. */
export type AttributeTexts = Readonly<Record<string, string>>;

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** What a queue's attributes mean. */
export interface QueueSettings {
  readonly visibilityMs: number;
  readonly retentionMs: number;
  readonly delayMs: number;
  readonly waitMs: number;
  readonly maximumBytes: number;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly redrive: RedrivePolicy | undefined;
}

/** Source: "CreateQueue" (Amazon SQS API reference), for FIFO queues. */
const defaultAttributes = {
  VisibilityTimeout: '30',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  MaximumMessageSize: '1048576',
  FifoQueue: 'true',
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
  SqsManagedSseEnabled: 'true',
};

const attributeRanges: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['VisibilityTimeout', [0, 43_200]],
  ['MessageRetentionPeriod', [60, 1_209_600]],
  ['DelaySeconds', [0, 900]],
  ['ReceiveMessageWaitTimeSeconds', [0, 20]],
  ['MaximumMessageSize', [1_024, 1_048_576]],
  ['KmsDataKeyReusePeriodSeconds', [60, 86_400]],
]);

const attributeChoices: ReadonlyMap<string, readonly string[]> = new Map([
  ['FifoQueue', ['true', 'false']],
  ['ContentBasedDeduplication', ['true', 'false']],
  ['SqsManagedSseEnabled', ['true', 'false']],
  ['DeduplicationScope', ['queue', 'messageGroup']],
  ['FifoThroughputLimit', ['perQueue', 'perMessageGroupId']],
]);

/** Kept as they are, and without effect here. */
const opaqueAttributes = ['KmsMasterKeyId', 'Policy', 'RedriveAllowPolicy'];

/**
 * The attributes of a new queue, the defaults filled in. Throws `InvalidAttributeName`,
 * `InvalidAttributeValue` and, for a standard queue, `UnsupportedOperation`.
 */
export function newAttributes(given: AttributeTexts): AttributeTexts {
  for (const [name, value] of Object.entries(given)) checkAttribute(name, value);
  if (given.FifoQueue !== 'true') throw onlyFifo();
  const attributes = { ...defaultAttributes, ...given };
  // "high throughput for FIFO queues" needs both (API reference, CreateQueue).
  if (
    attributes.FifoThroughputLimit === 'perMessageGroupId' &&
    attributes.DeduplicationScope !== 'messageGroup'
  ) {
    throw invalidAttribute('FifoThroughputLimit');
  }
  return attributes;
}

function checkAttribute(name: string, value: string): void {
  const range = attributeRanges.get(name);
  const choices = attributeChoices.get(name);
  if (range) {
    const [least, most] = range;
    if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most) {
      throw invalidAttribute(name);
    }
  } else if (choices) {
    if (!choices.includes(value)) throw invalidAttribute(name);
  } else if (name === 'RedrivePolicy') redrivePolicyIn(value);
  else if (!opaqueAttributes.includes(name)) throw unknownAttribute(name);
}

function redrivePolicyIn(text: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount } = parsed(text);
  const count = Number(maxReceiveCount);
  const isCount = Number.isInteger(count) && count >= 1 && count <= 1_000;
  if (typeof deadLetterTargetArn !== 'string' || !isCount) throw invalidAttribute('RedrivePolicy');
  return { deadLetterTargetArn, maxReceiveCount: count };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return parseJsonInput(text);
  } catch {
    throw invalidAttribute('RedrivePolicy');
  }
}

export function settingsOf(attributes: AttributeTexts): QueueSettings {
  const ms = (name: string) => Number(attributes[name]) * 1_000;
  const { RedrivePolicy, MaximumMessageSize, DeduplicationScope } = attributes;
  return {
    visibilityMs: ms('VisibilityTimeout'),
    retentionMs: ms('MessageRetentionPeriod'),
    delayMs: ms('DelaySeconds'),
    waitMs: ms('ReceiveMessageWaitTimeSeconds'),
    maximumBytes: Number(MaximumMessageSize),
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    deduplicationScope: DeduplicationScope === 'messageGroup' ? 'messageGroup' : 'queue',
    redrive: RedrivePolicy === undefined ? undefined : redrivePolicyIn(RedrivePolicy),
  };
}
