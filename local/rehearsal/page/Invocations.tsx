import type { DeliveryState, InvocationRow } from '../state';
import { times } from './format';
import { Time } from './Time';

interface InvocationsProps {
  readonly rows: readonly InvocationRow[];
  readonly deliveries: DeliveryState;
}

export function Invocations({ rows, deliveries }: InvocationsProps) {
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
      <ul class="invocations" aria-labelledby="invocations">
        {rows.map((row) => (
          <li key={row.id}>
            <p>
              <Time at={row.atMs} /> <b class={row.succeeded ? 'good' : 'bad'}>{row.outcome}</b>
              {row.times > 1 && ` ${times(row.times)}`}
              {row.by === 'person' && ', by hand'}
              {row.delivery > 1 && `, delivery ${row.delivery}`}
            </p>
            <p class="quiet">{row.calls}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
