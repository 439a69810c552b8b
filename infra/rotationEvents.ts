import type { Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { eventDetailType, eventSource } from '../lambda/core/names';

/**
 * What others may want to hear of: a token was renewed, also in more ways than the usual one; a chain
 * is broken, and whole again.
 */
export type RotationEvent = 'rotated' | 'recovered' | 'reissued' | 'broken' | 'whole';

/** Every account has it, and its rules see no event that their patterns leave out. */
export const eventBusName = 'default';

export const eventBusArn = (stack: Stack) =>
  stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: eventBusName });

/**
 * The pattern for what the rotator puts on the event bus.
 *
 * @param connection its name; every connection's of the account and Region if it is left out
 */
export const rotationEventPattern = (event: RotationEvent, connection?: string): EventPattern => ({
  source: [eventSource],
  detailType: [eventDetailType],
  detail: {
    outcome: [event],
    ...(connection === undefined ? {} : { connection: [connection] }),
  },
});
