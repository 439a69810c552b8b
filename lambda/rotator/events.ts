import * as v from 'valibot';
import { connectionNamePattern, connectionNameRule } from '../core/connection';
import { RotationError } from '../core/errors';
import { objectOf, validate } from '../core/validate';

/** One connection to keep fresh, as a schedule or a person asks for it. */
export interface ConnectionEvent {
  readonly connection: string;
  /** Rotate though the token is fresh. */
  readonly force: boolean;
}

const connectionEvent = objectOf({
  connection: v.pipe(
    v.string('must be a string'),
    v.regex(connectionNamePattern, connectionNameRule),
  ),
  force: v.optional(v.boolean('must be true or false'), false),
});

/** @throws RotationError `InvalidEvent`, naming the field and the shape that is expected. */
export function parseConnectionEvent(event: unknown): ConnectionEvent {
  const parsed = validate(connectionEvent, event);
  if (parsed.ok) return parsed.value;
  throw new RotationError(
    'InvalidEvent',
    `The event's ${parsed.field || 'value'} ${parsed.problem}. ` +
      'Send {"connection":"NAME"}, with "force":true to rotate a fresh token.',
  );
}
