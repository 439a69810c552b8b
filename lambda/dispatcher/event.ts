import * as v from 'valibot';
import { RotationError } from '../core/errors';
import { objectOf, validate } from '../core/validate';

const isoTime = 'must be an ISO 8601 time';
const scheduleEvent = objectOf({
  scheduledAt: v.optional(
    v.pipe(
      v.string(isoTime),
      v.check((text) => !Number.isNaN(Date.parse(text)), isoTime),
    ),
  ),
});

/**
 * When a run was meant to begin. Without it, as when a person invokes the function, it is now.
 *
 * @throws RotationError `InvalidEvent`
 */
export function scheduledAtMsOf(event: unknown, nowMs: number): number {
  const parsed = validate(scheduleEvent, event);
  if (parsed.ok) return Date.parse(parsed.value.scheduledAt ?? new Date(nowMs).toISOString());
  throw new RotationError(
    'InvalidEvent',
    `The event's ${parsed.field || 'value'} ${parsed.problem}. ` +
      'Send {"scheduledAt":"2026-11-24T08:00:00Z"}, or {} for now.',
  );
}
