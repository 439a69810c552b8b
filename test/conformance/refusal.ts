/** How a call was answered: `accepted`, or the name of AWS's error. Rejects if no answer came. */
export async function answerTo(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'accepted';
  } catch (thrown) {
    if (!isAnswer(thrown)) throw thrown;
    return thrown.name;
  }
}

/** The error of a call that must be refused; rejects if it was not, or if no answer came. */
export async function errorOf(call: Promise<unknown>): Promise<ServiceError> {
  try {
    await call;
  } catch (thrown) {
    if (!isAnswer(thrown)) throw thrown;
    return thrown;
  }
  throw new NotRefused('The call was accepted.');
}

/** A call was accepted though the steps had to see it refused. */
export class NotRefused extends Error {}

interface ServiceError extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId?: string };
}

/** Whether an error is an answer of the service, and not of the way to it. */
export function isAnswer(thrown: unknown): thrown is ServiceError {
  const { $metadata } = thrown as Partial<ServiceError>;
  return thrown instanceof Error && $metadata?.httpStatusCode !== undefined;
}
