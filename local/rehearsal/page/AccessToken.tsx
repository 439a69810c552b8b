import type { TokenReading, WatchState } from '../state';
import { lengthOf } from './format';
import { LifeLine } from './LifeLine';
import { Time } from './Time';

export function AccessToken({ state }: { readonly state: WatchState }) {
  const { accessToken, nowMs, reading, deliveries } = state;
  const leftMs = Math.max(0, (accessToken.expiresAtMs ?? 0) - nowMs);
  return (
    <section class="access" aria-labelledby="access-token">
      <div>
        <h2 id="access-token">Access token</h2>
        <p class="left">
          <b>{leftMs > 0 ? lengthOf(leftMs) : 'None'}</b> {leftMs > 0 ? 'left' : 'valid'}
        </p>
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
      </div>
      <LifeLine state={state} />
    </section>
  );
}

const verdicts: Readonly<Record<TokenReading['verdict'], string>> = {
  accepted: 'got a token that works',
  refused: 'got a token that the provider refuses',
  expired: 'got an expired token',
  missing: 'found no access token',
  unreachable: 'could not read the secret',
};

function ReadingText({ reading }: { readonly reading: TokenReading }) {
  return (
    <>
      <span class={reading.verdict === 'accepted' ? 'good' : 'bad'}>
        {verdicts[reading.verdict]}
      </span>
      , <Time at={reading.atMs} />
    </>
  );
}
