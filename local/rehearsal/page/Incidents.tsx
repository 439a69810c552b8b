import type { IncidentRow } from '../state';
import { lengthOf } from './format';
import { Time } from './Time';

const phases: Readonly<Record<IncidentRow['phase'], string>> = {
  waiting: 'waits for a rotation',
  open: 'not healed yet',
  healed: 'healed',
};

export function Incidents({ rows }: { readonly rows: readonly IncidentRow[] }) {
  return (
    <section aria-labelledby="incidents">
      <h2 id="incidents">Incidents</h2>
      {rows.length === 0 && <p class="quiet">None yet. Break something.</p>}
      <ul class="incidents" aria-labelledby="incidents">
        {rows.map(({ id, what, atMs, phase, healedAtMs, how }) => (
          <li key={id} class={phase}>
            <p>
              <Time at={atMs} /> <b>{what}</b> <span class={`badge ${phase}`}>{phases[phase]}</span>
            </p>
            {healedAtMs !== null && (
              <p class="quiet">
                {healedAfter(healedAtMs - atMs)}. {how}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const healedAfter = (ms: number) => (ms < 1000 ? 'At once' : `After ${lengthOf(ms)}`);
