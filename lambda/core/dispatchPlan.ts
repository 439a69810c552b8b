import { createHash } from 'node:crypto';
import { fleetPeriodMs, tickMs } from './limits';

/** In each period every connection is sent once, and each run of the dispatcher sends the next share. */
const shares = fleetPeriodMs / tickMs;

/** What one run of the dispatcher sends. */
export interface Dispatch {
  /** When the period began, ISO 8601: the same for all its runs and their repetitions. */
  readonly period: string;
  readonly share: number;
}

/** @param scheduledAtMs when the schedule meant the run to begin, milliseconds since the epoch */
export function dispatchAt(scheduledAtMs: number): Dispatch {
  const beganAtMs = Math.floor(scheduledAtMs / fleetPeriodMs) * fleetPeriodMs;
  return {
    period: new Date(beganAtMs).toISOString(),
    share: Math.floor((scheduledAtMs - beganAtMs) / tickMs),
  };
}

/** By a digest of the name, so that the shares are even and nothing has to be remembered. */
export function isInShare(connection: string, { share }: Pick<Dispatch, 'share'>): boolean {
  return createHash('sha256').update(connection).digest().readUInt32BE() % shares === share;
}

/** A connection is sent once a period, however often a run is repeated. */
export const deduplicationIdOf = (connection: string, { period }: Pick<Dispatch, 'period'>) =>
  `${period}/${connection}`;

/** Of a run's 5 minutes, what the pages of the registry are spread over. */
const spreadMs = 4 * 60_000;

/**
 * With the number of pages unknown: 25 of the 40 calls a second that Parameter Store allows by
 * default (AWS General Reference, "AWS Systems Manager endpoints and quotas"). Any slower, and the
 * first run of a large fleet would not come to its end within Lambda's time.
 */
const usualPageMs = 40;

/** How far a run has come in the registry. Times are milliseconds since the epoch. */
export interface PageProgress {
  readonly startedAtMs: number;
  readonly nowMs: number;
  /** Pages sent so far. */
  readonly pages: number;
  /** Pages that the last run read; undefined in a new execution environment. */
  readonly expectedPages: number | undefined;
}

/** How long to wait before the next page is sent, so that the load is even. */
export function pageDelayMs({ startedAtMs, nowMs, pages, expectedPages }: PageProgress): number {
  const pageMs = expectedPages === undefined ? usualPageMs : spreadMs / expectedPages;
  return Math.max(0, startedAtMs + Math.min(pages * pageMs, spreadMs) - nowMs);
}
