import type { ComponentChildren } from 'preact';
import type { IncidentRow, RepairRow, WatchState } from '../state';
import { incidentId, isByHand, nameOfIncident, nameOfRepair, repairId } from './lifeEvents';
import { rowsOf, type TimeScale } from './lifeScale';

/** As large as a finger needs at least (WCAG 2.2, success criterion 2.5.8). */
const size = 24;
const rowHeight = size + 2;
const leastSpan = 19;

interface PlacedIncident {
  readonly incident: IncidentRow;
  readonly x: number;
  readonly endX: number;
  readonly row: number;
}

interface PlacedRepair {
  readonly repair: RepairRow;
  readonly x: number;
  readonly row: number;
}

export interface Marks {
  readonly incidents: readonly PlacedIncident[];
  readonly repairs: readonly PlacedRepair[];
  readonly height: number;
}

/** Where the marks are that are in sight: the incidents' rows, and below them those of repairs. */
export function marksOf({ incidents, repairs, nowMs }: WatchState, scale: TimeScale): Marks {
  const at = (ms: number) => scale.x(Math.max(scale.fromMs, ms));
  const placed = incidents
    .filter(({ healedAtMs }) => (healedAtMs ?? nowMs) >= scale.fromMs)
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((incident) => {
      const { atMs, phase, healedAtMs } = incident;
      const endMs = phase === 'waiting' ? atMs : (healedAtMs ?? nowMs);
      const x = at(atMs);
      // What healed at once has room for the sign of its end all the same.
      const endX = phase === 'healed' ? Math.max(at(endMs), x + leastSpan) : at(endMs);
      return { incident, x, endX };
    });
  const done = repairs
    .filter(({ atMs }) => atMs >= scale.fromMs)
    .toReversed()
    .map((repair) => ({ repair, x: at(repair.atMs), endX: at(repair.atMs) }));
  const rows = rowsOf(placed, rowHeight);
  const firstRepairRow = Math.max(-1, ...rows) + 1;
  const repairRows = rowsOf(done, rowHeight).map((row) => firstRepairRow + row);
  return {
    incidents: placed.map((mark, n) => ({ ...mark, row: rows[n] ?? 0 })),
    repairs: done.map((mark, n) => ({ ...mark, row: repairRows[n] ?? 0 })),
    height: (Math.max(firstRepairRow - 1, ...repairRows) + 1) * rowHeight,
  };
}

/** Below the line: each mark leads to what the page says of it. */
export function LifeMarks({ marks }: { readonly marks: Marks }) {
  if (marks.incidents.length + marks.repairs.length === 0) return null;
  return (
    <ul class="marks" aria-label="What happened" style={{ blockSize: `${marks.height}px` }}>
      {marks.incidents.map(({ incident, x, endX, row }) => (
        <Mark
          key={incidentId(incident.id)}
          id={incidentId(incident.id)}
          name={nameOfIncident(incident)}
          tone={incident.phase}
          {...{ x, row, length: endX - x }}
        >
          {incident.phase !== 'waiting' && <path class="span" d={`M0 0 H${endX - x}`} />}
          <path class="shape" d="M0 -11 L11 0 L0 11 L-11 0 Z" />
          <text y="4" text-anchor="middle">
            {incident.id}
          </text>
          {incident.phase === 'healed' && (
            <g transform={`translate(${endX - x} 0)`}>
              {isByHand(incident) ? <Hand isSmall /> : <circle class="software" r="5" />}
            </g>
          )}
        </Mark>
      ))}
      {marks.repairs.map(({ repair, x, row }) => (
        <Mark
          key={repairId(repair.id)}
          id={repairId(repair.id)}
          name={nameOfRepair(repair)}
          tone="repair"
          {...{ x, row, length: 0 }}
        >
          <Hand />
        </Mark>
      ))}
    </ul>
  );
}

interface MarkProps {
  /** Of what it leads to. */
  readonly id: string;
  readonly name: string;
  readonly tone: string;
  readonly x: number;
  readonly row: number;
  readonly length: number;
  readonly children: ComponentChildren;
}

function Mark({ id, name, tone, x, row, length, children }: MarkProps) {
  const place = { insetInlineStart: `${x - size / 2}px`, insetBlockStart: `${row * rowHeight}px` };
  return (
    <li style={place}>
      <a class={`mark ${tone}`} href={`#${id}`}>
        <span class="unseen">{name}</span>
        <svg width={length + size} height={size} aria-hidden="true">
          <title>{name}</title>
          <g transform={`translate(${size / 2} ${size / 2})`}>{children}</g>
        </svg>
      </a>
    </li>
  );
}

/** A square, with somebody in it. */
function Hand({ isSmall = false }: { readonly isSmall?: boolean }) {
  return (
    <g class="person" transform={isSmall ? 'scale(0.6)' : undefined}>
      <rect x="-10" y="-10" width="20" height="20" rx="3" />
      <circle cy="-3.5" r="3" />
      <path d="M-5.5 7 a5.5 5.5 0 0 1 11 0 Z" />
    </g>
  );
}
