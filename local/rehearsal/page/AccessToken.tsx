import type { AccessTokenLife, Reading, WatchState } from '../state';
import { lengthOf } from './format';
import { Time } from './Time';

const minuteMs = 60_000;

export function AccessToken({ state }: { readonly state: WatchState }) {
  const { accessToken, nowMs, reading, deliveries } = state;
  const leftMs = Math.max(0, (accessToken.expiresAtMs ?? 0) - nowMs);
  return (
    <section aria-labelledby="access-token">
      <h2 id="access-token">Access token</h2>
      <p class="left">
        <b>{leftMs > 0 ? lengthOf(leftMs) : 'None'}</b> {leftMs > 0 ? 'left' : 'valid'}
      </p>
      <Gauge life={accessToken} leftMs={leftMs} />
      <dl class="facts">
        <div>
          <dt>Last reader</dt>
          <dd>{reading ? <ReadingText reading={reading} /> : 'none yet'}</dd>
        </div>
        <div>
          <dt>Next tick</dt>
          <dd>
            <Time at={deliveries.nextTickAtMs} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

const verdicts: Readonly<Record<Reading['verdict'], string>> = {
  accepted: 'got a token that works',
  refused: 'got a token that the provider refuses',
  expired: 'got an expired token',
  missing: 'found no access token',
  unreachable: 'could not read the secret',
};

function ReadingText({ reading }: { readonly reading: Reading }) {
  return (
    <>
      <span class={reading.verdict === 'accepted' ? 'good' : 'bad'}>
        {verdicts[reading.verdict]}
      </span>
      , <Time at={reading.atMs} />
    </>
  );
}

interface GaugeProps {
  readonly life: AccessTokenLife;
  readonly leftMs: number;
}

/** The marks are where something happens as the token's life runs out, from right to left. */
function Gauge({ life, leftMs }: GaugeProps) {
  const { lifeMs, rotateBelowMs, alarmBelowMs } = life;
  const percent = (ms: number) => Math.min(100, (ms / lifeMs) * 100);
  const minutes = (ms: number) => Math.round(ms / minuteMs);
  const zone = leftMs < alarmBelowMs ? 'alarm' : leftMs < rotateBelowMs ? 'due' : 'fresh';
  return (
    <div class="gauge">
      <svg
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        role="img"
        aria-label={
          `${minutes(leftMs)} of ${minutes(lifeMs)} minutes left; a rotation is due below ` +
          `${minutes(rotateBelowMs)}, an alarm notifies people below ${minutes(alarmBelowMs)}`
        }
      >
        <rect class="whole" width="100" height="4" />
        <rect class={`part ${zone}`} width={percent(leftMs)} height="4" />
        <rect class="at" x={percent(rotateBelowMs)} width="0.4" height="4" />
        <rect class="at" x={percent(alarmBelowMs)} width="0.4" height="4" />
      </svg>
      <ol aria-hidden="true">
        <li>0</li>
        <li style={{ insetInlineStart: `${percent(alarmBelowMs)}%` }}>
          {minutes(alarmBelowMs)} alarm
        </li>
        <li style={{ insetInlineStart: `${percent(rotateBelowMs)}%` }}>
          {minutes(rotateBelowMs)} rotation
        </li>
        <li>{minutes(lifeMs)} min</li>
      </ol>
    </div>
  );
}
