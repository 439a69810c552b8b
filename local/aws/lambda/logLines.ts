import type { FunctionError } from './functionError';

/**
 * What Lambda itself writes to the log of a function whose log format is text. Of its report only
 * what is known here. Source: "Viewing CloudWatch logs for Lambda functions", "AWS Lambda function
 * logging in Node.js" (developer guide).
 */
export const startLine = (requestId: string) => `START RequestId: ${requestId} Version: $LATEST`;
export const endLine = (requestId: string) => `END RequestId: ${requestId}`;
export const reportLine = (requestId: string, durationMs: number) =>
  `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${Math.ceil(durationMs)} ms\t`;

export function failureLine(failure: FunctionError, requestId: string, nowMs: number): string {
  const { errorType, errorMessage, trace } = failure;
  const now = new Date(nowMs).toISOString();
  if (errorType === 'Sandbox.Timedout') {
    return `${now} ${requestId} ${errorMessage.slice(errorMessage.indexOf('Task timed out'))}`;
  }
  if (errorType === 'Runtime.ExitError') return errorMessage;
  const error = JSON.stringify({ errorType, errorMessage, stack: trace });
  return `${now}\t${requestId}\tERROR\tInvoke Error \t${error}`;
}
