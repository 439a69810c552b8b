import type { SqsModel } from './sqs';

/** What Lambda gives a function: "Using Lambda with Amazon SQS" (developer guide). */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, never>>;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

export interface EventSourceOptions {
  readonly queueUrl: string;
  /** @default 1 */
  readonly batchSize?: number;
  /** Batches at once. */
  readonly maximumConcurrency: number;
  /**
   * Runs the function with `ReportBatchItemFailures`. What it rejects with fails the whole batch.
   */
  readonly invoke: (event: SqsEvent) => Promise<unknown>;
  /** Awaited after each call of the queue, for the time that the call takes. @default no time */
  readonly afterCall?: () => Promise<void>;
}

/**
 * Lambda's event source mapping of an SQS queue: takes batches, invokes, deletes what succeeded and
 * leaves the rest until its visibility timeout is over. Nothing here waits for messages: `poll` is
 * to be called whenever there may be some. Source: "Handling errors for an SQS event source in
 * Lambda" (AWS Lambda developer guide).
 */
export class EventSource {
  #active = 0;

  constructor(
    private readonly sqs: SqsModel,
    private readonly options: EventSourceOptions,
  ) {}

  /** Batches being taken or invoked. */
  get active(): number {
    return this.#active;
  }

  /** Starts as many batches as there are messages for and the concurrency allows. */
  poll(): void {
    while (this.#active < this.options.maximumConcurrency) {
      const batch = this.next();
      if (!batch) return;
      void batch.finally(() => this.poll());
    }
  }

  /** Takes one batch and sees it through, whatever the concurrency; undefined if there is none. */
  next(): Promise<void> | undefined {
    const records = this.#receive();
    if (records.length === 0) return undefined;
    this.#active += 1;
    return this.#run(records).finally(() => {
      this.#active -= 1;
    });
  }

  #receive(): readonly SqsRecord[] {
    const { queueUrl, batchSize = 1 } = this.options;
    const arn = this.sqs.arnOf(queueUrl) ?? '';
    const { Messages = [] } = this.sqs.receiveMessage({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      MessageSystemAttributeNames: ['All'],
      WaitTimeSeconds: 0,
    });
    return Messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: {},
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: arn.split(':')[3] ?? '',
    }));
  }

  async #run(records: readonly SqsRecord[]): Promise<void> {
    const { queueUrl, invoke, afterCall } = this.options;
    await afterCall?.();
    const failed = await invoke({ Records: records }).then(
      (answer) => failuresIn(answer, records),
      () => 'all' as const,
    );
    if (failed === 'all') return;
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    if (done.length === 0) return;
    this.sqs.deleteMessageBatch({
      QueueUrl: queueUrl,
      Entries: done.map(({ receiptHandle }, at) => ({
        Id: String(at),
        ReceiptHandle: receiptHandle,
      })),
    });
    await afterCall?.();
  }
}

/** An answer that names no message of the batch counts as the failure of all of it. */
function failuresIn(answer: unknown, records: readonly SqsRecord[]): Set<string> | 'all' {
  if (typeof answer !== 'object' || answer === null) return answer ? 'all' : new Set();
  const { batchItemFailures = [] } = answer as { batchItemFailures?: unknown };
  if (batchItemFailures === null) return new Set();
  if (!Array.isArray(batchItemFailures)) return 'all';
  const known = new Set(records.map(({ messageId }) => messageId));
  const failed = new Set<string>();
  for (const item of batchItemFailures) {
    const id: unknown = item?.itemIdentifier;
    if (typeof id !== 'string' || !known.has(id)) return 'all';
    failed.add(id);
  }
  return failed;
}
