import { Control } from './Control';
import type { Room } from './Outcome';

/** What an operator can do. */
export function Remedies({ room }: { readonly room: Room }) {
  const { act, state } = room;
  const { clientSecret } = state;
  return (
    <section aria-labelledby="remedies">
      <h2 id="remedies">Put it right</h2>
      <ul aria-labelledby="remedies">
        <Control
          control="rotate"
          room={room}
          label="Rotate now"
          expect="Sends a forced message to the queue; a token younger than a minute stays. What waits for a rotation strikes then."
          onClick={() => act('rotate', {})}
        />
        <Control
          control="stage-client-secret"
          room={room}
          label="Stage a client secret"
          expect="The next one, beside the first. The provider takes it after five minutes."
          isOff={clientSecret.staged !== 'none'}
          onClick={() => act('stage-client-secret', {})}
        />
        <Control
          control="promote-client-secret"
          room={room}
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
          control="re-seed"
          room={room}
          label="Log in and re-seed"
          expect="A new login begins a new chain. The only way out of a broken one."
          onClick={() => act('re-seed', {})}
        />
      </ul>
    </section>
  );
}
