import type { WatchState } from '../state';
import { resultOf } from './results';
import type { Watching } from './useWatch';

/** What controls need: how things are, and what came of the last action. */
export interface Room extends Pick<Watching, 'act' | 'refusal' | 'lastControl'> {
  readonly state: WatchState;
}

interface OutcomeProps {
  readonly control: string;
  readonly room: Room;
}

/** Beside its button, what came of it, or why it was refused. Read out only if one has just acted. */
export function Outcome({ control, room }: OutcomeProps) {
  const result = resultOf(control, room.state);
  return (
    <>
      <Refusal control={control} room={room} />
      <div class="outcome" aria-live={control === room.lastControl ? 'polite' : 'off'}>
        {result && (
          <p class={result.tone}>
            {result.text} <a href={result.href}>{result.linkText}</a>
          </p>
        )}
      </div>
    </>
  );
}

export function Refusal({ control, room: { lastControl, refusal } }: OutcomeProps) {
  if (control !== lastControl || refusal === '') return null;
  return (
    <p class="refusal" role="alert">
      {refusal}
    </p>
  );
}
