import type { WatchState } from '../state';
import { Control } from './Control';
import type { Act } from './useWatch';

interface RemediesProps {
  readonly state: WatchState;
  readonly act: Act;
}

/** What an operator can do. */
export function Remedies({ state: { clientSecret }, act }: RemediesProps) {
  return (
    <section aria-labelledby="remedies">
      <h2 id="remedies">Put it right</h2>
      <ul aria-labelledby="remedies">
        <Control
          label="Rotate now"
          expect="Sends a forced message to the queue; a token younger than a minute stays. What waits for a rotation strikes then."
          onClick={() => act('rotate', {})}
        />
        <Control
          label="Stage a client secret"
          expect="The next one, beside the first. The provider takes it after five minutes."
          isOff={clientSecret.staged !== 'none'}
          onClick={() => act('stage-client-secret', {})}
        />
        <Control
          label="Promote the staged secret"
          expect={
            clientSecret.staged === 'waiting'
              ? 'Its five minutes are not over yet.'
              : 'It takes the first one’s place, here and at the provider.'
          }
          isOff={clientSecret.staged !== 'usable'}
          onClick={() => act('promote-client-secret', {})}
        />
        <Control
          label="Log in and re-seed"
          expect="A new login begins a new chain. The only way out of a broken one."
          onClick={() => act('re-seed', {})}
        />
      </ul>
    </section>
  );
}
