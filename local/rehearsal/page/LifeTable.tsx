import type { WatchState } from '../state';
import { lengthOf, timeOf } from './format';
import { lifeEvents } from './lifeEvents';

interface LifeTableProps {
  readonly state: WatchState;
  readonly fromMs: number;
}

/** The same as the line and its marks, in words. */
export function LifeTable({ state, fromMs }: LifeTableProps) {
  const events = lifeEvents(state, fromMs);
  if (events.length === 0) return null;
  return (
    <details class="table">
      <summary>The time line as a table</summary>
      <table>
        <caption class="unseen">What happened, and what was left of the token’s life</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">What</th>
            <th scope="col">Left then</th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ key, atMs, what, leftMs, href }) => (
            <tr key={key}>
              <th scope="row">
                <time dateTime={new Date(atMs).toISOString()}>{timeOf(atMs, state.nowMs)}</time>
              </th>
              <td>{href === undefined ? what : <a href={href}>{what}</a>}</td>
              <td>{leftMs > 0 ? lengthOf(leftMs) : 'nothing'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
