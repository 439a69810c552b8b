import { AccessToken } from './AccessToken';
import { FaultControls } from './FaultControls';
import { Header } from './Header';
import { Health } from './Health';
import { Incidents } from './Incidents';
import { Invocations } from './Invocations';
import { Log } from './Log';
import { Remedies } from './Remedies';
import { Timeline } from './Timeline';
import { useWatch } from './useWatch';

export function App() {
  const { state, isConnected, ...acting } = useWatch();
  if (state === undefined) {
    return (
      <main class="waiting">
        <h1>Rehearse an incident</h1>
        <p role="status">The tour comes first. This page begins by itself when it ends.</p>
      </main>
    );
  }
  const room = { state, ...acting };
  return (
    <>
      <Header room={room} />
      <main>
        <Health health={state.health} isConnected={isConnected} />
        <AccessToken state={state} />
        <div class="rooms">
          <div class="room controls">
            <FaultControls room={room} />
          </div>
          <div class="room function">
            <Remedies room={room} />
            <Incidents state={state} />
            <Invocations state={state} />
          </div>
          <div class="room chain">
            <Timeline rows={state.refreshTokens} />
            <Log rows={state.log} />
          </div>
        </div>
      </main>
    </>
  );
}
