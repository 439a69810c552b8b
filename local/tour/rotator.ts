import type { RotationResult } from '../../lambda/rotator/rotation';
import type { Call } from '../aws/server';
import { FunctionError } from '../lambda/functionError';
import type { LoggedRequest } from '../provider/server';
import { connection, type World } from './world';

/** What the schedule sends, or a step of Secrets Manager's own rotation. */
export type RotatorEvent =
  | { readonly connection: string }
  | { readonly Step: string; readonly SecretId: string; readonly ClientRequestToken: string };

/** One invocation of the function, and all that it did to the world. */
export interface Invocation {
  /** The step's name, where it was one of Secrets Manager's own rotation. */
  readonly step: string | undefined;
  /** What it answered, or the `errorType` that Lambda reported. */
  readonly outcome: string;
  readonly result: RotationResult | undefined;
  readonly error: FunctionError | undefined;
  readonly awsCalls: readonly Call[];
  readonly providerRequests: readonly LoggedRequest[];
  readonly logs: readonly string[];
}

/** Invokes the built function and keeps what it saw. */
export class Rotator {
  readonly invocations: Invocation[] = [];

  constructor(private readonly world: World) {}

  /**
   * A schedule's invocation unless another event is given. `meanwhile` runs beside it.
   *
   * @throws whatever is no FunctionError, and what `meanwhile` throws.
   */
  async invoke(
    event: RotatorEvent = { connection },
    meanwhile: () => Promise<void> = async () => {},
  ): Promise<Invocation> {
    const { aws, provider, lambda } = this.world;
    const before = [aws.calls.length, provider.requests.length, lambda.logs.length] as const;
    const [answer] = await Promise.all([
      lambda.invoke<RotationResult>(event).catch((error: unknown) => {
        if (error instanceof FunctionError) return error;
        throw error;
      }),
      meanwhile(),
    ]);
    const invocation: Invocation = {
      step: 'Step' in event ? event.Step : undefined,
      ...(answer instanceof FunctionError
        ? { outcome: answer.errorType, result: undefined, error: answer }
        : { outcome: answer.outcome, result: answer, error: undefined }),
      awsCalls: aws.calls.slice(before[0]),
      providerRequests: provider.requests.slice(before[1]),
      logs: lambda.logs.slice(before[2]),
    };
    this.invocations.push(invocation);
    return invocation;
  }
}

export const callsIn = ({ awsCalls, providerRequests }: Invocation): number =>
  awsCalls.length + providerRequests.length;

/** The refresh tokens that were sent, by fingerprint, in order. */
export const sentTokens = ({ providerRequests }: Invocation): string[] =>
  providerRequests.flatMap(({ fingerprint }) => fingerprint ?? []);

/** `GetSecretValue, PutSecretValue (503) twice; provider: requestToken`. */
export function describeCalls({ awsCalls, providerRequests }: Invocation): string {
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
