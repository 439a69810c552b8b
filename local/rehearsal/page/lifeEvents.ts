import type { IncidentRow, RepairRow, WatchState } from '../state';
import { clockTime, count, lengthOf, timeOf } from './format';
import { leftAt, lifePoints } from './lifeScale';

const minuteMs = 60_000;

/** Who made it whole again. */
export const isByHand = ({ repairs }: IncidentRow) => repairs.length > 0;

export const incidentId = (id: number) => `incident-${id}`;
export const repairId = (id: number) => `repair-${id}`;
export const invocationId = (id: number) => `invocation-${id}`;
export const logId = (id: number) => `log-${id}`;

/** `healed by the software after 1 min 01 s`. */
export function endOf(incident: IncidentRow): string {
  const { phase, atMs, healedAtMs } = incident;
  if (phase === 'waiting') return 'waits for a rotation';
  if (phase === 'open' || healedAtMs === null) return 'not healed yet';
  const who = isByHand(incident) ? 'put right by a person' : 'healed by the software';
  return `${who} ${after(healedAtMs - atMs)}`;
}

const after = (ms: number) => (ms < 1000 ? 'at once' : `after ${lengthOf(ms)}`);

export const nameOfIncident = (incident: IncidentRow) =>
  `Incident ${incident.id}, ${clockTime(incident.atMs)}: ${incident.what}, ${endOf(incident)}`;

export const nameOfRepair = ({ what, atMs }: RepairRow) => `By hand, ${clockTime(atMs)}: ${what}`;

/** What is left now, and below what something happens. */
export function lifeTitle({ accessToken, nowMs }: WatchState): string {
  const { expiresAtMs, lifeMs, rotateBelowMs, alarmBelowMs } = accessToken;
  const minutes = (ms: number) => Math.max(0, Math.round(ms / minuteMs));
  return (
    `${minutes((expiresAtMs ?? 0) - nowMs)} of ${minutes(lifeMs)} minutes left; a rotation is due ` +
    `below ${minutes(rotateBelowMs)}, an alarm notifies people below ${minutes(alarmBelowMs)}`
  );
}

/** How the line went, for those who do not see it, and for those who do. */
export function lifeSummary(state: WatchState, fromMs: number): string {
  const { lifeLine, nowMs, incidents } = state;
  const renewals = renewalsOf(state, fromMs).length;
  const points = lifePoints(lifeLine, fromMs, nowMs);
  const lowest = points.reduce((a, b) => (b.leftMs < a.leftMs ? b : a), points[0] ?? noPoint);
  const renewed = renewals === 0 ? 'not renewed' : `renewed ${count(renewals, 'time')}`;
  const since = `Since ${timeOf(fromMs, nowMs)}: ${renewed}`;
  const least =
    lowest.leftMs > 0
      ? `at least ${shortLength(lowest.leftMs)} left`
      : `nothing left at ${timeOf(lowest.atMs, nowMs)}`;
  if (incidents.length === 0) return `${since}, ${least}. No incident.`;
  const byHand = incidents.filter(isByHand).length;
  const healed = incidents.filter(({ phase }) => phase === 'healed').length - byHand;
  const waiting = incidents.filter(({ phase }) => phase === 'waiting').length;
  const open = incidents.length - healed - byHand - waiting;
  const parts = [
    healed > 0 && `${healed} healed by the software`,
    byHand > 0 && `${byHand} put right by a person`,
    open > 0 && `${open} not healed yet`,
    waiting > 0 && `${waiting} yet to strike`,
  ].filter(Boolean);
  return `${since}, ${least}. ${count(incidents.length, 'incident')}: ${parts.join(', ')}.`;
}

/** In minutes, which do not change at every look. */
const shortLength = (ms: number) =>
  ms < minuteMs ? 'less than a minute' : count(Math.floor(ms / minuteMs), 'minute');

const noPoint = { atMs: 0, leftMs: 0 };

export interface LifeEvent {
  readonly key: string;
  readonly atMs: number;
  readonly what: string;
  readonly leftMs: number;
  readonly href?: string;
}

/** What the line and its marks show, in the order of time. */
export function lifeEvents(state: WatchState, fromMs: number): LifeEvent[] {
  const { lifeLine, incidents, repairs } = state;
  const renewals = renewalsOf(state, fromMs).map(({ fromMs: atMs, expiresAtMs }) => ({
    key: `renewal-${atMs}`,
    atMs,
    what: expiresAtMs === null ? 'The secret holds no access token' : 'A new access token',
  }));
  const struck = incidents.map((incident) => ({
    key: incidentId(incident.id),
    atMs: incident.atMs,
    what: `Incident ${incident.id}: ${incident.what}, ${endOf(incident)}`,
    href: `#${incidentId(incident.id)}`,
  }));
  const healed = incidents.flatMap((incident) => {
    const { id, healedAtMs: atMs } = incident;
    const who = isByHand(incident) ? 'put right by a person' : 'healed by the software';
    return atMs === null ? [] : { key: `healed-${id}`, atMs, what: `Incident ${id} is ${who}` };
  });
  const done = repairs.map(({ id, atMs, what }) => ({
    key: repairId(id),
    atMs,
    what: `By hand: ${what}`,
    href: `#${repairId(id)}`,
  }));
  return [...done, ...struck, ...renewals, ...healed]
    .filter(({ atMs }) => atMs >= fromMs)
    .sort((a, b) => a.atMs - b.atMs)
    .map((event) => ({ ...event, leftMs: leftAt(lifeLine, event.atMs) }));
}

/** The tokens that came in sight, without the one that was there when the page began. */
const renewalsOf = ({ lifeLine: { stretches } }: WatchState, fromMs: number) =>
  stretches.slice(1).filter((stretch) => stretch.fromMs >= fromMs);
