import type { EventPattern } from 'aws-cdk-lib/aws-events';

/** What others may want to hear of. */
export type RotationEvent = 'rotated' | 'recovered' | 'reissued' | 'broken';

/**
 * The pattern for what Lambda puts on the event bus after an asynchronous invocation. The
 * invocation's record is its `detail` (Lambda developer guide, "Capturing records of Lambda
 * asynchronous invocations").
 *
 * @param connection its name; every connection's where it is left out
 */
export function rotationEventPattern(
  functionArn: string,
  event: RotationEvent,
  connection?: string,
): EventPattern {
  const named = connection === undefined ? {} : { connection: [connection] };
  const source = ['lambda'];
  // The record names the version that ran, which is $LATEST where none was asked for.
  const requestContext = { functionArn: [functionArn, `${functionArn}:$LATEST`] };
  if (event === 'broken') {
    return {
      source,
      detailType: ['Lambda Function Invocation Result - Failure'],
      detail: {
        requestContext,
        ...(connection === undefined ? {} : { requestPayload: named }),
        responsePayload: { errorType: ['ChainBroken'] },
      },
    };
  }
  return {
    source,
    detailType: ['Lambda Function Invocation Result - Success'],
    detail: { requestContext, responsePayload: { ...named, outcome: [event] } },
  };
}
