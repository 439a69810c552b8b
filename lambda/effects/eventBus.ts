import type { PutEventsRequest, PutEventsResponse } from '@aws-sdk/client-eventbridge';
import { storeAttemptMs } from '../core/limits';
import { eventDetailType, eventSource } from '../core/names';
import { type CallOptions, connectAws, withOneRetry } from './awsCalls';
import type { EnvironmentVariables } from './awsEndpoint';

/** What became of a connection's chain, for whoever subscribes to it. */
export interface RotationEventDetail {
  readonly connection: string;
  /** `whole`: a chain that was broken is accepted again. */
  readonly outcome: 'rotated' | 'recovered' | 'reissued' | 'broken' | 'whole';
  readonly versionId?: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  /** ISO 8601; when this was first seen. */
  readonly brokenSince?: string;
}

/** Where events of rotations are put. */
export interface EventBus {
  /** @throws Error if the bus did not take it */
  put(event: RotationEventDetail): Promise<void>;
}

/** What is called of EventBridge, by the function's own call or by the SDK's `EventBridge`. */
export interface EventCalls {
  putEvents(
    input: PutEventsRequest,
    options: CallOptions,
  ): Promise<Pick<PutEventsResponse, 'FailedEntryCount'>>;
}

/** By the function's own call, tried twice. */
export function connectEventBus(eventBusName: string, env: EnvironmentVariables): EventBus {
  const call = withOneRetry(
    connectAws(
      { name: 'events', target: 'AWSEvents', version: '1.1', variable: 'EVENTBRIDGE' },
      env,
    ),
  );
  return createEventBus(eventBusName, {
    putEvents: (input, options) => call('PutEvents', input, options),
  });
}

/** By any client, within twice the time of a store's attempt. */
export function createEventBus(eventBusName: string, calls: EventCalls): EventBus {
  return {
    async put(event) {
      const { FailedEntryCount = 0 } = await calls.putEvents(
        {
          Entries: [
            {
              EventBusName: eventBusName,
              Source: eventSource,
              DetailType: eventDetailType,
              Detail: JSON.stringify(event),
            },
          ],
        },
        { abortSignal: AbortSignal.timeout(2 * storeAttemptMs) },
      );
      if (FailedEntryCount > 0) throw new Error('PutEvents did not take the event');
    },
  };
}
