/** One invocation, for the process that runs the function. */
export interface InvokeOrder {
  readonly requestId: string;
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly functionName: string;
}

/** What the function's process is sent over IPC. */
export type Order =
  | ({ readonly kind: 'invoke' } & InvokeOrder)
  /** By how much `Date` runs ahead from now on. */
  | { readonly kind: 'clock'; readonly offsetMs: number };

/** An error as Lambda reports it ("AWS Lambda function errors in Node.js"). */
export interface ReportedError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The lines of the stack. */
  readonly trace: readonly string[];
}

/** What the function's process answers: `ready` or an error at its start, then one per invocation. */
export type ProcessAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly json: string }
  | ({ readonly kind: 'error' } & ReportedError);
