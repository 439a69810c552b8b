import { randomUUID } from 'node:crypto';
import { AwsError } from '../awsError';
import { pageOf } from '../pages';
import { check, type Input, integer, list, oneOf, required, string, structure } from '../shapes';
import { EventSource } from '../sqs/eventSource';
import { createRotatorQueue } from '../sqs/rotatorQueue';
import type { SqsModel } from '../sqs/sqs';
import type { LocalFunction } from './localFunction';
import { functionArn, functionNameIn, localFunctionName } from './names';

const pollMs = 200;

const EventSourceArn = string(1, 1024);
const shapes = {
  CreateEventSourceMapping: {
    EventSourceArn: required(EventSourceArn),
    FunctionName: required(string(1, 170)),
    BatchSize: integer(1, 10),
    FunctionResponseTypes: list(oneOf('ReportBatchItemFailures'), 0, 1),
    ScalingConfig: structure({ MaximumConcurrency: integer(2, 1000) }),
  },
  ListEventSourceMappings: {
    EventSourceArn,
    FunctionName: string(1, 170),
    MaxItems: integer(1, 10_000),
    Marker: string(1, 4096),
  },
};

type NewMapping = Input<(typeof shapes)['CreateEventSourceMapping']>;

/** The wire's EventSourceMappingConfiguration. */
const described = (mapping: NewMapping, region: string, nowMs: number) => ({
  UUID: randomUUID(),
  BatchSize: mapping.BatchSize ?? 10,
  MaximumBatchingWindowInSeconds: 0,
  EventSourceArn: mapping.EventSourceArn,
  FunctionArn: functionArn(region, functionNameIn(mapping.FunctionName)),
  FunctionResponseTypes: mapping.FunctionResponseTypes ?? [],
  LastModified: nowMs / 1_000,
  ScalingConfig: mapping.ScalingConfig,
  State: 'Enabled',
  StateTransitionReason: 'USER_INITIATED',
});

/**
 * Lambda's event source mappings of FIFO queues, those of its one function at work: a batch at a
 * time, whatever concurrency is asked for. More at once would wait for the function's one process,
 * their visibility running out. Methods named as the API's operations are these. Source: AWS Lambda
 * API reference.
 */
export class EventSourceMappings {
  readonly #mappings: ReturnType<typeof described>[] = [];
  readonly #sources: EventSource[] = [];
  readonly #timer: NodeJS.Timeout;

  /** `now` gives milliseconds since the epoch. */
  constructor(
    private readonly sqs: SqsModel,
    private readonly local: LocalFunction | undefined,
    private readonly now: () => number,
  ) {
    this.#timer = setInterval(() => {
      for (const source of this.#sources) source.poll();
    }, pollMs).unref();
  }

  createEventSourceMapping(input: NewMapping, { region }: { readonly region: string }) {
    check(shapes.CreateEventSourceMapping, input);
    const { EventSourceArn: arn, FunctionName } = input;
    const queueUrl = arn.slice(arn.lastIndexOf(':') + 1);
    if (this.sqs.arnOf(queueUrl) !== arn) {
      throw new AwsError(
        'InvalidParameterValueException',
        'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
      );
    }
    const mapping = described(input, region, this.now());
    this.#mappings.push(mapping);
    if (this.local && functionNameIn(FunctionName) === localFunctionName) {
      this.#sources.push(sourceOf(this.sqs, this.local, queueUrl, mapping.BatchSize));
    }
    return mapping;
  }

  listEventSourceMappings(input: Input<(typeof shapes)['ListEventSourceMappings']>) {
    check(shapes.ListEventSourceMappings, input);
    const { EventSourceArn: source, FunctionName, MaxItems = 100, Marker } = input;
    const name = FunctionName && functionNameIn(FunctionName);
    const listed = this.#mappings
      .filter((mapping) => source === undefined || mapping.EventSourceArn === source)
      .filter(({ FunctionArn }) => name === undefined || functionNameIn(FunctionArn) === name);
    const { items, nextToken } = pageOf(
      listed,
      MaxItems,
      Marker,
      () => new AwsError('InvalidParameterValueException', 'The marker is not valid.'),
    );
    return { EventSourceMappings: items, NextMarker: nextToken };
  }

  /** Gives the function a queue of its own, unless it is fed already: no stack leaves it without. */
  ensureQueue(region: string): void {
    if (!this.local || this.#ownQueueArn() !== undefined) return;
    const { queueArn } = createRotatorQueue(this.sqs, region, this.local.visibilityTimeoutMs);
    this.createEventSourceMapping(
      {
        EventSourceArn: queueArn,
        FunctionName: localFunctionName,
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
      { region },
    );
  }

  /** The function's variables about the first queue that it is fed from. */
  variables(): Readonly<Record<string, string>> {
    const arn = this.#ownQueueArn();
    if (arn === undefined) return {};
    const { QueueUrl } = this.sqs.getQueueUrl({ QueueName: arn.slice(arn.lastIndexOf(':') + 1) });
    return { QUEUE_ARN: arn, QUEUE_URL: QueueUrl };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #ownQueueArn(): string | undefined {
    return this.#mappings.find(
      ({ FunctionArn }) => functionNameIn(FunctionArn) === localFunctionName,
    )?.EventSourceArn;
  }
}

function sourceOf(sqs: SqsModel, local: LocalFunction, queueUrl: string, batchSize: number) {
  return new EventSource(sqs, {
    queueUrl,
    batchSize,
    maximumConcurrency: 1,
    async invoke(event) {
      const region = event.Records[0]?.awsRegion ?? 'us-east-1';
      const { payload, failed } = await local.invoke({ requestId: randomUUID(), event, region });
      if (failed) throw new Error(payload);
      return JSON.parse(payload);
    },
  });
}
