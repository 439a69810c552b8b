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
  const { state, isConnected, refusal, act } = useWatch();
  if (state === undefined) {
    return (
      <main class="waiting">
        <h1>Rehearse an incident</h1>
        <p role="status">The tour comes first. This page begins by itself when it ends.</p>
      </main>
    );
  }
  return (
    <>
      <Header state={state} act={act} />
      <main>
        <Health health={state.health} isConnected={isConnected} refusal={refusal} />
        <div class="rooms">
          <div class="room controls">
            <FaultControls state={state} act={act} />
          </div>
          <div class="room chain">
            <AccessToken state={state} />
            <Incidents rows={state.incidents} />
            <Timeline rows={state.refreshTokens} />
            <Log rows={state.log} />
          </div>
          <div class="room function">
            <Remedies state={state} act={act} />
            <Invocations rows={state.invocations} deliveries={state.deliveries} />
          </div>
        </div>
      </main>
    </>
  );
}
