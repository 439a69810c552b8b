import type { WatchState } from '../state';

interface HealthProps {
  readonly health: WatchState['health'];
  readonly isConnected: boolean;
}

/** How things stand; stays in sight, and is read out when it changes. */
export function Health({ health, isConnected }: HealthProps) {
  return (
    <div class="standing">
      <p class={`health ${isConnected ? health.kind : 'trouble'}`} role="status">
        <span class="mark" aria-hidden="true" />
        {isConnected ? health.text : 'The connection to the tour is lost; trying again.'}
      </p>
    </div>
  );
}
