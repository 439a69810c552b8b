import type { IncidentRow } from './state';

/** Those that are not healed are kept beyond that. */
const mostIncidents = 8;

/** What somebody broke. */
export interface Incident {
  readonly what: string;
  /** When it was broken, or ordered to break. */
  readonly atMs: number;
  /** Whether it was only ordered so far. @default no */
  readonly isWaiting?: () => boolean;
  /** Whether nothing disturbs any more, so that it may heal. @default once it does not wait */
  readonly isOver?: () => boolean;
}

interface Tracked extends Required<Incident> {
  readonly id: number;
  struckAtMs: number | undefined;
  healed: { readonly atMs: number; readonly how: string } | undefined;
}

/** What people broke, until it is whole again. */
export class Incidents {
  #incidents: Tracked[] = [];
  #opened = 0;

  open(incident: Incident): void {
    this.#opened += 1;
    const { isWaiting = () => false, isOver = () => !isWaiting() } = incident;
    const struckAtMs = isWaiting() ? undefined : incident.atMs;
    const opened = { ...incident, isWaiting, isOver, id: this.#opened, struckAtMs };
    this.#incidents = [{ ...opened, healed: undefined }, ...this.#incidents];
    this.#forget();
  }

  /** Notes when what was ordered has struck. Call it often. */
  noteStrikes(nowMs: number): void {
    for (const incident of this.#incidents) {
      if (incident.struckAtMs === undefined && !incident.isWaiting()) incident.struckAtMs = nowMs;
    }
  }

  /** Says of every incident that is over that it is healed, and how. */
  heal(atMs: number, how: string): void {
    this.noteStrikes(atMs);
    for (const incident of this.#incidents) {
      if (incident.healed === undefined && incident.isOver()) incident.healed = { atMs, how };
    }
    this.#forget();
  }

  get areAllHealed(): boolean {
    return this.#incidents.every(({ healed }) => healed !== undefined);
  }

  /** Newest first. */
  rows(): IncidentRow[] {
    return this.#incidents.map(({ id, what, atMs, struckAtMs, healed }) => ({
      id,
      what,
      atMs: struckAtMs ?? atMs,
      phase: healed ? 'healed' : struckAtMs === undefined ? 'waiting' : 'open',
      healedAtMs: healed?.atMs ?? null,
      how: healed?.how ?? '',
    }));
  }

  #forget(): void {
    this.#incidents = this.#incidents.filter(
      ({ healed }, at) => at < mostIncidents || healed === undefined,
    );
  }
}
