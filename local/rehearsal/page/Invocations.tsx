import type { InvocationRow, WatchState } from '../state';
import { times } from './format';
import { incidentId, invocationId } from './lifeEvents';
import { Time } from './Time';

export function Invocations({ state }: { readonly state: WatchState }) {
  const { invocations, incidents, deliveries } = state;
  const { isRunning, nextRepeatAtMs, deadLetters } = deliveries;
  return (
    <section aria-labelledby="invocations">
      <h2 id="invocations">Invocations</h2>
      <dl class="facts">
        <div>
          <dt>Now</dt>
          <dd>{isRunning ? 'running' : 'idle'}</dd>
        </div>
        <div>
          <dt>Delivered again</dt>
          <dd>{nextRepeatAtMs === null ? 'none' : <Time at={nextRepeatAtMs} />}</dd>
        </div>
        <div>
          <dt>Dead letters</dt>
          <dd class={deadLetters > 0 ? 'bad' : ''}>{deadLetters}</dd>
        </div>
      </dl>
      {invocations.length === 0 ? (
        <p class="quiet none">None yet. The next tick brings one.</p>
      ) : (
        <ul class="invocations" aria-labelledby="invocations">
          {invocations.map((row) => (
            <Invocation
              key={row.id}
              row={row}
              incidents={incidents.filter((incident) => incident.invocations.includes(row.id))}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface InvocationProps {
  readonly row: InvocationRow;
  /** It is a part of these. */
  readonly incidents: readonly { readonly id: number }[];
}

function Invocation({ row, incidents }: InvocationProps) {
  return (
    <li id={invocationId(row.id)} tabIndex={-1}>
      <p>
        {row.times > 1 && (
          <>
            <Time at={row.firstAtMs} /> to{' '}
          </>
        )}
        <Time at={row.atMs} /> <b class={row.succeeded ? 'good' : 'bad'}>{row.outcome}</b>
        {row.times > 1 && ` ${times(row.times)}`}
        {row.by === 'person' && ', by hand'}
        {row.delivery > 1 && `, delivery ${row.delivery}`}
        {incidents.map(({ id }) => (
          <a key={id} class="back" href={`#${incidentId(id)}`}>
            <span class="unseen">Incident </span>
            {id}
          </a>
        ))}
      </p>
      <p class="quiet">{row.calls}</p>
    </li>
  );
}
