import type { DeedRow, WatchState } from '../state';
import { clockTime } from './format';
import { deedId, endOf, incidentId, invocationId } from './lifeEvents';

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
  const deed = state.deeds.find((row) => row.control === control);
  if (incident !== undefined) {
    const { id, phase, atMs, deeds } = incident;
    const since = `${phase === 'waiting' ? 'Ordered' : 'Struck'} ${clockTime(atMs)}`;
    return {
      text: `${since}: ${endOf(incident)}.`,
      href: `#${incidentId(id)}`,
      linkText: `Incident ${id}`,
      tone: phase === 'healed' && deeds.length > 0 ? 'person' : phase,
    };
  }
  return deed && resultOfDeed(deed, state);
}

function resultOfDeed(deed: DeedRow, { incidents }: WatchState): ActionResult {
  const { id, atMs, asksForInvocation, invocation } = deed;
  const fixed = incidents.find(({ deeds }) => deeds.includes(id));
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
    href: `#${deedId(id)}`,
    linkText: 'What was done',
    tone: asksForInvocation ? 'waiting' : 'person',
  };
}
