import type { ComponentChildren } from 'preact';
import type { IncidentRow, InvocationRow, LogRow, RepairRow, WatchState } from '../state';
import { clockTime } from './format';
import { endOf, incidentId, invocationId, isByHand, logId, repairId } from './lifeEvents';
import { Time } from './Time';

/** So many lines of the log are named; the others stand beside them there. */
const mostLines = 4;
const longestMessage = 56;

/** What was broken and what people did by hand, newest first, each kind marked. */
export function Incidents({ state }: { readonly state: WatchState }) {
  const { incidents, repairs } = state;
  const items = [
    ...incidents.map((incident) => ({
      atMs: incident.atMs,
      item: <Incident key={incidentId(incident.id)} incident={incident} state={state} />,
    })),
    ...repairs.map((repair) => ({
      atMs: repair.atMs,
      item: <Repair key={repairId(repair.id)} repair={repair} />,
    })),
  ].sort((a, b) => b.atMs - a.atMs);
  return (
    <section aria-labelledby="incidents">
      <h2 id="incidents">Incidents, and what people did</h2>
      {items.length === 0 ? (
        <p class="quiet">None yet. Break something.</p>
      ) : (
        <ul class="incidents" aria-labelledby="incidents">
          {items.map(({ item }) => item)}
        </ul>
      )}
    </section>
  );
}

interface IncidentProps {
  readonly incident: IncidentRow;
  readonly state: WatchState;
}

function Incident({ incident, state }: IncidentProps) {
  const { id, atMs, what, phase, overAtMs } = incident;
  const [badge, text] = badgeOf(incident);
  return (
    <li id={incidentId(id)} tabIndex={-1} class={`incident ${phase}`}>
      <p>
        <span class="number">
          <span class="unseen">Incident </span>
          {id}
        </span>{' '}
        <Time at={atMs} /> <b>{what}</b> <span class={`badge ${badge}`}>{text}</span>
      </p>
      {overAtMs !== null && (
        <p class="quiet">
          The outage was over at <Time at={overAtMs} />.
        </p>
      )}
      {phase === 'healed' && <End incident={incident} repairs={state.repairs} />}
      <Traces incident={incident} state={state} />
    </li>
  );
}

function badgeOf(incident: IncidentRow): readonly [name: string, text: string] {
  if (incident.phase === 'waiting') return ['waiting', 'waits for a rotation'];
  if (incident.phase === 'open') return ['open', 'not healed yet'];
  return isByHand(incident) ? ['person', 'put right by a person'] : ['healed', 'healed'];
}

interface EndProps {
  readonly incident: IncidentRow;
  readonly repairs: readonly RepairRow[];
}

function End({ incident, repairs }: EndProps) {
  const end = endOf(incident);
  const helpful = repairs.filter(({ id }) => incident.repairs.includes(id));
  return (
    <p class="quiet">
      {end.charAt(0).toUpperCase()}
      {end.slice(1)}.{' '}
      {helpful.map(({ id, what, atMs }) => (
        <span key={id}>
          <a href={`#${repairId(id)}`}>{what}</a>, <Time at={atMs} />.{' '}
        </span>
      ))}
      {incident.how}
    </p>
  );
}

/** From an incident to where it left something, and to what the runbook says of it. */
function Traces({ incident, state }: IncidentProps) {
  const invocations = state.invocations.filter(({ id }) => incident.invocations.includes(id));
  const lines = linesOf(incident, state.log);
  const { title, path } = incident.runbook;
  return (
    <dl class="traces">
      {invocations.length > 0 && (
        <Trace name="Invocations">
          {invocations.toReversed().map((row) => (
            <li key={row.id}>
              <a href={`#${invocationId(row.id)}`}>{nameOf(row)}</a>
            </li>
          ))}
        </Trace>
      )}
      {lines.length > 0 && (
        <Trace name="Log">
          {lines.map((row) => (
            <li key={row.id}>
              <a href={`#${logId(row.id)}`}>{textOf(row)}</a>
            </li>
          ))}
        </Trace>
      )}
      <Trace name="Runbook">
        <li>
          <a href={path} target="_blank" rel="noopener">
            {title}
            <span class="unseen"> (opens a new tab)</span>
          </a>
        </li>
      </Trace>
    </dl>
  );
}

function Trace({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <ul>{children}</ul>
      </dd>
    </div>
  );
}

const nameOf = ({ firstAtMs, outcome, times }: InvocationRow) =>
  `${clockTime(firstAtMs)} ${outcome}${times > 1 ? ` ×${times}` : ''}`;

/** Oldest first, warnings and errors before anything else. */
function linesOf({ invocations }: IncidentRow, log: readonly LogRow[]): readonly LogRow[] {
  const all = log.filter(
    ({ invocation }) => invocation !== null && invocations.includes(invocation),
  );
  const grave = all.filter(({ level }) => level !== 'INFO');
  return (grave.length > 0 ? grave : all).toReversed().slice(0, mostLines);
}

function textOf({ level, message }: LogRow): string {
  const isLong = message.length > longestMessage;
  return `${level} ${isLong ? `${message.slice(0, longestMessage).trimEnd()}…` : message}`;
}

function Repair({ repair }: { readonly repair: RepairRow }) {
  const { id, atMs, what, command, asksForInvocation, invocation } = repair;
  return (
    <li id={repairId(id)} tabIndex={-1} class="repair">
      <p>
        <span class="sign person" aria-hidden="true" /> <Time at={atMs} /> <b>{what}</b>{' '}
        <span class="badge person">by hand</span>
      </p>
      <p class="quiet">
        As <code>{command}</code>
        {invocation !== null && (
          <>
            , then <a href={`#${invocationId(invocation.id)}`}>{invocation.outcome}</a>
          </>
        )}
        {asksForInvocation && invocation === null && ', in the queue'}
      </p>
    </li>
  );
}
