import type { RepairRow, WatchState } from '../state';
import { clockTime } from './format';
import { endOf, incidentId, invocationId, repairId } from './lifeEvents';

/** What came of a button. */
export interface ActionResult {
  readonly text: string;
  readonly href: string;
  readonly linkText: string;
  readonly tone: 'waiting' | 'open' | 'healed' | 'person';
}

/** What came of a control the last time that it was used; undefined if it never was. */
export function resultOf(control: string, state: WatchState): ActionResult | undefined {
  const incident = state.incidents.find((row) => row.control === control);
  const repair = state.repairs.find((row) => row.control === control);
  if (incident !== undefined) {
    const { id, phase, atMs, repairs } = incident;
    const since = `${phase === 'waiting' ? 'Ordered' : 'Struck'} ${clockTime(atMs)}`;
    return {
      text: `${since}: ${endOf(incident)}.`,
      href: `#${incidentId(id)}`,
      linkText: `Incident ${id}`,
      tone: phase === 'healed' && repairs.length > 0 ? 'person' : phase,
    };
  }
  return repair && resultOfRepair(repair, state);
}

function resultOfRepair(repair: RepairRow, { incidents }: WatchState): ActionResult {
  const { id, atMs, asksForInvocation, invocation } = repair;
  const fixed = incidents.find(({ repairs }) => repairs.includes(id));
  if (fixed !== undefined) {
    return {
      text: `Done ${clockTime(atMs)}: it put things right.`,
      href: `#${incidentId(fixed.id)}`,
      linkText: `Incident ${fixed.id}`,
      tone: 'person',
    };
  }
  if (invocation !== null) {
    return {
      text: `Done ${clockTime(atMs)}, then ${invocation.outcome}.`,
      href: `#${invocationId(invocation.id)}`,
      linkText: 'The invocation',
      tone: 'person',
    };
  }
  return {
    text: `Done ${clockTime(atMs)}${asksForInvocation ? ': waits in the queue' : ''}.`,
    href: `#${repairId(id)}`,
    linkText: 'What was done',
    tone: asksForInvocation ? 'waiting' : 'person',
  };
}
