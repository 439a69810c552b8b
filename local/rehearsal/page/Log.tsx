import type { LogRow } from '../state';
import { times } from './format';
import { logId } from './lifeEvents';
import { Time } from './Time';

export function Log({ rows }: { readonly rows: readonly LogRow[] }) {
  return (
    <section aria-labelledby="log">
      <h2 id="log">The function’s log</h2>
      {rows.length === 0 ? (
        <p class="quiet">Nothing yet. The next tick writes a line.</p>
      ) : (
        <Lines rows={rows} />
      )}
    </section>
  );
}

function Lines({ rows }: { readonly rows: readonly LogRow[] }) {
  return (
    <ul class="log" aria-labelledby="log">
      {rows.map((row) => (
        <li key={row.id} id={logId(row.id)} tabIndex={-1}>
          {row.atMs !== null && <Time at={row.atMs} />} <LevelName level={row.level} />{' '}
          {row.message}
          {row.times > 1 && ` (${times(row.times)}, the last:)`}
          {row.fields.map(([name, value]) => (
            <span key={name} class="field">
              {' '}
              {name}={value}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

function LevelName({ level }: { readonly level: string }) {
  const tone = level === 'ERROR' ? 'bad' : level === 'WARN' ? 'warn' : '';
  return <b class={tone}>{level}</b>;
}
