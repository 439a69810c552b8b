import { paces } from '../state';
import { clockTime, date } from './format';
import { Refusal, type Room } from './Outcome';

export function Header({ room }: { readonly room: Room }) {
  const { state, act } = room;
  const { nowMs } = state;
  return (
    <header>
      <div class="title">
        <h1>Rehearse an incident</h1>
        <p>
          Break something on the connection <b>{state.connection}</b>, and watch it heal. Nothing
          here is real: provider, stores and clock are simulated on this machine.
        </p>
      </div>
      <div class="clock">
        <p>
          <span class="quiet">{date(nowMs)}, UTC</span>
          <time dateTime={new Date(nowMs).toISOString()}>{clockTime(nowMs)}</time>
        </p>
        <Pace pace={state.pace} act={act} />
        <Refusal control="pace" room={room} />
      </div>
    </header>
  );
}

const paceNames: Readonly<Record<number, string>> = {
  0: 'Pause',
  1: '1 min/s',
  10: '10 min/s',
};

function Pace({ pace, act }: { readonly pace: number; readonly act: Room['act'] }) {
  return (
    <fieldset class="pace">
      <legend class="unseen">Simulated time in a real second</legend>
      {paces.map((minutesPerSecond) => (
        <button
          key={minutesPerSecond}
          type="button"
          aria-pressed={pace === minutesPerSecond}
          onClick={() => act('pace', { minutesPerSecond })}
        >
          {paceNames[minutesPerSecond]}
        </button>
      ))}
    </fieldset>
  );
}
