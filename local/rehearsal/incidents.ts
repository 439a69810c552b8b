import type { RepairName } from './repairs';
import type { IncidentRow, RunbookSection } from './state';

/** Those that are not healed are kept beyond that. */
const mostIncidents = 8;
/** So many invocations of an incident are kept, at its beginning and at its end. */
const mostAtEachEnd = 3;

/** What somebody broke. */
export interface Incident {
  readonly what: string;
  /** When it was broken, or ordered to break. */
  readonly atMs: number;
  /** The control that it was ordered with. */
  readonly control: string;
  readonly runbook: RunbookSection;
  /** What a person can do by hand about it. @default a rotation or a new chain */
  readonly repairNames?: readonly RepairName[];
  /** Whether it was only ordered so far. @default no */
  readonly isWaiting?: () => boolean;
  /** Whether nothing disturbs any more, so that it may heal. @default once it does not wait */
  readonly isOver?: () => boolean;
}

/** What healed. */
export interface Healing {
  readonly atMs: number;
  readonly how: string;
  /** The row of the invocation that did it. */
  readonly invocation?: number;
  /** Those that were done since then, and could have fixed it. */
  readonly repairsSince?: (
    repairNames: readonly RepairName[],
    sinceMs: number,
  ) => readonly number[];
}

interface Tracked extends Required<Incident> {
  readonly id: number;
  struckAtMs: number | undefined;
  overAtMs: number | undefined;
  invocations: readonly number[];
  healed: { readonly atMs: number; readonly how: string; repairs: readonly number[] } | undefined;
}

/** What people broke, until it is whole again. */
export class Incidents {
  #incidents: Tracked[] = [];
  #opened = 0;

  open(incident: Incident): void {
    this.#opened += 1;
    const { isWaiting = () => false, isOver = () => !isWaiting() } = incident;
    const opened: Tracked = {
      repairNames: ['rotate', 're-seed'],
      ...incident,
      isWaiting,
      isOver,
      id: this.#opened,
      struckAtMs: isWaiting() ? undefined : incident.atMs,
      overAtMs: undefined,
      invocations: [],
      healed: undefined,
    };
    this.#incidents = [opened, ...this.#incidents];
    this.#forget();
  }

  /** Notes when what was ordered has struck. Call it often. */
  noteStrikes(nowMs: number): void {
    for (const incident of this.#incidents) {
      if (incident.struckAtMs === undefined && !incident.isWaiting()) incident.struckAtMs = nowMs;
    }
  }

  /** Notes that what was broken with this control disturbs no more; it has yet to heal. */
  noteOver(control: string, nowMs: number): void {
    for (const incident of this.#incidents) {
      if (incident.control === control && incident.isOver()) incident.overAtMs ??= nowMs;
    }
  }

  /** Notes an invocation's row for all that disturbs now. */
  noteInvocation(row: number, nowMs: number): void {
    this.noteStrikes(nowMs);
    for (const incident of this.#incidents) {
      if (incident.struckAtMs !== undefined && !incident.healed) link(incident, row);
    }
  }

  /** Says of every incident that is over that it is healed, and how. */
  heal({ atMs, how, invocation, repairsSince = () => [] }: Healing): void {
    this.noteStrikes(atMs);
    for (const incident of this.#incidents) {
      if (incident.healed !== undefined || !incident.isOver()) continue;
      const repairs = repairsSince(incident.repairNames, incident.struckAtMs ?? incident.atMs);
      incident.healed = { atMs, how, repairs };
      if (invocation !== undefined) link(incident, invocation);
    }
    this.#forget();
  }

  get areAllHealed(): boolean {
    return this.#incidents.every(({ healed }) => healed !== undefined);
  }

  /** Newest first. */
  rows(): IncidentRow[] {
    return this.#incidents.map((incident) => {
      const { id, control, what, atMs, struckAtMs, overAtMs = null, healed } = incident;
      return {
        id,
        control,
        what,
        atMs: struckAtMs ?? atMs,
        phase: healed ? 'healed' : struckAtMs === undefined ? 'waiting' : 'open',
        overAtMs,
        healedAtMs: healed?.atMs ?? null,
        repairs: healed?.repairs ?? [],
        how: healed?.how ?? '',
        invocations: incident.invocations,
        runbook: incident.runbook,
      };
    });
  }

  #forget(): void {
    this.#incidents = this.#incidents.filter(
      ({ healed }, at) => at < mostIncidents || healed === undefined,
    );
  }
}

function link(incident: Tracked, row: number): void {
  if (incident.invocations.includes(row)) return;
  const rows = [...incident.invocations, row];
  incident.invocations =
    rows.length > 2 * mostAtEachEnd
      ? [...rows.slice(0, mostAtEachEnd), ...rows.slice(-mostAtEachEnd)]
      : rows;
}
