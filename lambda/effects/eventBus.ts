import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { storeAttemptMs } from '../core/limits';
import { eventDetailType, eventSource } from '../core/names';

/** What became of a connection's chain, for whoever subscribes to it. */
export interface RotationEvent {
  readonly connection: string;
  /** `whole`: a chain that was broken is accepted again. */
  readonly outcome: 'rotated' | 'recovered' | 'reissued' | 'broken' | 'whole';
  readonly versionId?: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  /** ISO 8601; when this was first seen. */
  readonly brokenSince?: string;
}

export interface EventBus {
  /** @throws Error if the bus did not take it */
  put(event: RotationEvent): Promise<void>;
}

export function createEventBus(eventBusName: string): EventBus {
  let client: EventBridgeClient | undefined;
  return {
    async put(event) {
      client ??= new EventBridgeClient({ maxAttempts: 2 });
      const { FailedEntryCount = 0 } = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: eventBusName,
              Source: eventSource,
              DetailType: eventDetailType,
              Detail: JSON.stringify(event),
            },
          ],
        }),
        { abortSignal: AbortSignal.timeout(2 * storeAttemptMs) },
      );
      if (FailedEntryCount > 0) throw new Error('PutEvents did not take the event');
    },
  };
}
