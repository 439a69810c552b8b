import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { WatchState } from '../state';
import { hourAndMinute, roughLength } from './format';
import { LifeMarks, marksOf } from './LifeMarks';
import { LifeTable } from './LifeTable';
import { isByHand, lifeSummary, lifeTitle } from './lifeEvents';
import { lifePoints, type TimeScale, timeScale } from './lifeScale';

const plotTop = 14;
const plotHeight = 150;
const plotBottom = plotTop + plotHeight;
const gutter = 30;
const rightEdge = 18;
const minuteMs = 60_000;

/** What is left of the access token's life over time, with what happened as marks below. */
export function LifeLine({ state }: { readonly state: WatchState }) {
  const { lifeLine, nowMs } = state;
  const [frame, width] = useWidth();
  const [titleId, summaryId] = [useId(), useId()];
  const scale = timeScale(lifeLine, nowMs, [gutter, width - rightEdge]);
  const marks = marksOf(state, scale);
  return (
    <figure class="life" aria-label="Time line of the remaining life">
      <div ref={frame}>
        <svg
          width={width}
          height={plotBottom + 22}
          role="img"
          aria-labelledby={titleId}
          aria-describedby={summaryId}
        >
          <title id={titleId}>{lifeTitle(state)}</title>
          {/* Its texts are in the title, the summary and the table. */}
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of shapes takes no focus */}
          <g aria-hidden="true">
            {marks.incidents.map(({ incident, x }) => (
              <path key={incident.id} class="when" d={`M${x} ${plotTop} V${plotBottom}`} />
            ))}
            <Plot state={state} scale={scale} right={width - rightEdge} />
            {scale.ticks.map((atMs) => (
              <g key={atMs} transform={`translate(${scale.x(atMs)} 0)`}>
                <path class="tick" d={`M0 ${plotBottom} v5`} />
                <text y={plotBottom + 17} text-anchor="middle">
                  {hourAndMinute(atMs)}
                </text>
              </g>
            ))}
          </g>
        </svg>
        <LifeMarks marks={marks} />
      </div>
      <figcaption>
        <p id={summaryId}>{lifeSummary(state, scale.fromMs)}</p>
        <Legend state={state} />
      </figcaption>
      <LifeTable state={state} fromMs={scale.fromMs} />
    </figure>
  );
}

interface PlotProps {
  readonly state: WatchState;
  readonly scale: TimeScale;
  readonly right: number;
}

function Plot({ state: { lifeLine, nowMs, accessToken }, scale, right }: PlotProps) {
  const { lifeMs, rotateBelowMs, alarmBelowMs, expiresAtMs } = accessToken;
  const clipId = useId();
  const y = (ms: number) => plotBottom - Math.min(1, ms / lifeMs) * plotHeight;
  const drawn = lifePoints(lifeLine, scale.fromMs, nowMs)
    .map(({ atMs, leftMs }) => `${scale.x(atMs).toFixed(1)},${y(leftMs).toFixed(1)}`)
    .join(' ');
  const leftMs = Math.max(0, (expiresAtMs ?? 0) - nowMs);
  const comingMs = Math.min(
    scale.toMs - nowMs,
    leftMs > rotateBelowMs ? leftMs - rotateBelowMs : leftMs,
  );
  return (
    <>
      {[0, alarmBelowMs, rotateBelowMs, lifeMs].map((ms) => (
        <g key={ms}>
          <path
            class={ms === alarmBelowMs || ms === rotateBelowMs ? 'limit' : 'grid'}
            d={`M${gutter} ${y(ms)} H${right}`}
          />
          <text x={gutter - 6} y={y(ms) + 4} text-anchor="end">
            {Math.round(ms / minuteMs)}
          </text>
        </g>
      ))}
      {scale.breaks.map(({ fromMs, toMs }) => (
        <g key={fromMs}>
          <rect
            class="break"
            x={scale.x(fromMs)}
            width={Math.max(0, scale.x(toMs) - scale.x(fromMs))}
            y={plotTop}
            height={plotHeight}
          />
          <text class="over" x={scale.x(fromMs) + 6} y={plotTop + 14}>
            {roughLength(toMs - fromMs)}
          </text>
        </g>
      ))}
      <clipPath id={clipId}>
        <rect x="0" width={right} y={y(alarmBelowMs)} height={plotBottom - y(alarmBelowMs) + 2} />
      </clipPath>
      <polyline class="left" points={drawn} />
      <polyline class="left low" points={drawn} clip-path={`url(#${clipId})`} />
      <path
        class="coming"
        d={`M${scale.x(nowMs)} ${y(leftMs)} L${scale.x(nowMs + comingMs)} ${y(leftMs - comingMs)}`}
      />
      <circle class="now" cx={scale.x(nowMs)} cy={y(leftMs)} r="4.5" />
      <text class="over" x={right} y={y(rotateBelowMs) - 5} text-anchor="end">
        rotation due
      </text>
      <text class="over" x={right} y={y(alarmBelowMs) - 5} text-anchor="end">
        alarm
      </text>
      <text class="over" x={gutter + 4} y={plotTop - 4}>
        minutes left
      </text>
    </>
  );
}

/** Of the marks that are there: a page on which nothing has happened needs none. */
function Legend({ state: { incidents, repairs } }: { readonly state: WatchState }) {
  const isHealed = incidents.some((row) => row.phase === 'healed' && !isByHand(row));
  const signs = [
    incidents.length > 0 && (['incident', 'incident, until it is whole again'] as const),
    isHealed && (['software', 'healed by the software'] as const),
    repairs.length > 0 && (['person', 'by a person’s hand'] as const),
  ].filter((sign) => sign !== false);
  if (signs.length === 0) return null;
  return (
    <ul class="legend" aria-label="Marks">
      {signs.map(([name, text]) => (
        <li key={name}>
          <span class={`sign ${name}`} aria-hidden="true" /> {text}
        </li>
      ))}
    </ul>
  );
}

/** The width that there is for it, so that its texts keep their size. */
function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(320);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => setWidth(Math.max(200, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width] as const;
}
