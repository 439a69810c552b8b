import type { RotationResult } from '../../lambda/rotator/run';
import { FunctionError } from '../aws/lambda/functionError';
import type { LoggedCall } from '../aws/server';
import { EventSource, type SqsRecord } from '../aws/sqs/eventSource';
import type { LoggedRequest } from '../provider/server';
import { endIn } from '../world/logLines';
import type { TourWorld } from './world';

/** A step of Secrets Manager's own rotation. */
export interface StepEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

/** What the function was given. */
export type Given =
  | { readonly message: SqsRecord; readonly step: undefined }
  /** The step's name. */
  | { readonly message: undefined; readonly step: string };

/** How an invocation ended. */
export interface InvocationEnd {
  /** The function's outcome, the code of its error, or the `errorType` that Lambda reported. */
  readonly outcome: string;
  /** What went wrong, in the function's words or in Lambda's. */
  readonly problem: string | undefined;
}

/** One invocation of the function, and all that it did to the world. */
export type TourInvocation = Given &
  InvocationEnd & {
    readonly awsCalls: readonly LoggedCall[];
    readonly providerRequests: readonly LoggedRequest[];
    readonly logs: readonly string[];
  };

/** Invokes the built function, by messages of its queue as the stack does, and keeps what it saw. */
export class TourRotator {
  readonly invocations: TourInvocation[] = [];
  readonly #source: EventSource;
  #delivered: Promise<TourInvocation> | undefined;

  constructor(private readonly world: TourWorld) {
    this.#source = new EventSource(world.aws.sqs, {
      queueUrl: world.queue.queueUrl,
      maximumConcurrency: 1,
      invoke: (event) => {
        const [message] = event.Records;
        if (message === undefined) throw new Error('a batch without a message');
        const run = this.#invoke(event, { message, step: undefined });
        this.#delivered = run.then(({ invocation }) => invocation);
        return run.then(({ answer }) => answered(answer));
      },
    });
  }

  /**
   * Gives the function the oldest message that is visible; undefined if there is none. What
   * fails is visible again once its visibility timeout is over.
   */
  deliver(): Promise<TourInvocation> | undefined {
    return this.#source.next()?.then(() => this.#delivered as Promise<TourInvocation>);
  }

  async step(event: StepEvent): Promise<TourInvocation> {
    const { invocation } = await this.#invoke(event, { message: undefined, step: event.Step });
    return invocation;
  }

  /** Rejects with whatever is no FunctionError. */
  async #invoke(event: unknown, given: Given) {
    const { aws, provider, lambda } = this.world;
    const before = [aws.calls.length, provider.requests.length, lambda.logs.length] as const;
    const answer = await lambda.invoke(event).catch((error: unknown) => {
      if (error instanceof FunctionError) return error;
      throw error;
    });
    const logs = lambda.logs.slice(before[2]);
    const invocation: TourInvocation = {
      ...given,
      ...endingOf(answer, given, logs),
      awsCalls: aws.calls.slice(before[0]),
      providerRequests: provider.requests.slice(before[1]),
      logs,
    };
    this.invocations.push(invocation);
    return { invocation, answer };
  }
}

function answered(answer: unknown): unknown {
  if (answer instanceof FunctionError) throw answer;
  return answer;
}

/** The answer to a batch says no more than what is to come again; the log says the rest. */
function endingOf(answer: unknown, { step }: Given, logs: readonly string[]): InvocationEnd {
  if (answer instanceof FunctionError) {
    return { outcome: answer.errorType, problem: answer.errorMessage };
  }
  if (step !== undefined) {
    return { outcome: (answer as RotationResult).outcome, problem: undefined };
  }
  const end = endIn(logs);
  if (end?.code !== undefined) return { outcome: end.code, problem: end.message };
  return { outcome: end?.outcome ?? 'held back', problem: undefined };
}

/** Whether it was the schedule that sent the message. */
export const isTick = ({ message }: TourInvocation): boolean =>
  message?.body.includes('"scheduledAt"') === true;

export const callsIn = ({ awsCalls, providerRequests }: TourInvocation): number =>
  awsCalls.length + providerRequests.length;

/** The refresh tokens that were sent, by fingerprint, in order. */
export const sentTokens = ({ providerRequests }: TourInvocation): string[] =>
  providerRequests.flatMap(({ fingerprint }) => fingerprint ?? []);

/** `GetSecretValue, PutSecretValue (503) twice; provider: requestToken`. */
export function describeCalls({ awsCalls, providerRequests }: TourInvocation): string {
  const aws = awsCalls.map(({ operation, status }) => named(operation, status));
  const provider = providerRequests.map(({ path, status }) =>
    named(path.split('/').at(-1) ?? path, status),
  );
  const parts = [
    ...(aws.length > 0 ? [`AWS: ${repeated(aws)}`] : []),
    ...(provider.length > 0 ? [`provider: ${repeated(provider)}`] : []),
  ];
  return parts.join('; ');
}

function named(operation: string, status: number | null | undefined): string {
  if (status == null) return `${operation} (no answer)`;
  return status < 300 ? operation : `${operation} (${status})`;
}

function repeated(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} x${count}` : name)).join(', ');
}
