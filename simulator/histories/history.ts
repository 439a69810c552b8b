import { faultNamed } from '../faults';
import { type SimulationOptions, startMs } from '../simulated';
import type { Simulation } from '../simulation';
import type { Call, Fault, RequestFault } from '../vocabulary';

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;

/** An effect that is about to take place. */
export interface Asking {
  readonly call: Call;
  /** Since the history began. */
  readonly atMs: number;
  /** 0 for the first effect of its call. */
  readonly nth: number;
  readonly refreshToken: string | undefined;
}

/** What was reported, in words; each is played under every answer to a second use. */
export interface NamedHistory {
  readonly name: string;
  readonly options?: Partial<SimulationOptions>;
  /** @default a token that is due */
  readonly prepare?: (simulation: Simulation) => void;
  /** @default one message of the schedule */
  readonly play?: (simulation: Simulation) => void;
  /** The fault that an effect meets, or its name. */
  readonly meets?: (asking: Asking) => string | Fault | undefined;
  /** @default an hour */
  readonly minutes?: number;
  /** What more has to hold in the end: by name, what was found and what is right. */
  readonly shows?: (
    simulation: Simulation,
  ) => Readonly<Record<string, readonly [unknown, unknown]>>;
}

export const requestMeets =
  (meets: (asking: Asking) => string | undefined) =>
  (asking: Asking): string | undefined =>
    asking.call === 'provider.requestToken' ? meets(asking) : undefined;

export const always = (name: string) => requestMeets(() => name);

export const timesOf = ({ effects }: Simulation, call: Call) =>
  effects.filter((effect) => effect.call === call).map(({ atMs }) => atMs - startMs);

export const firstEnd = ({ ends }: Simulation) => ends[0];

export function currentChain({ stored, provider }: Simulation['outside']): number | undefined {
  const [text = ''] = stored.current?.refreshTokens ?? [];
  return provider.find(text)?.chain;
}

/** The fault that a history has ready for an effect. */
export function faultOf(history: NamedHistory, asking: Asking): Fault | undefined {
  const met = history.meets?.(asking);
  return typeof met === 'string' ? faultNamed(asking.call, met) : met;
}

/** One answer that comes so much later than usual. */
export const slowBy = (slowMs: number): Fault => ({
  ...(faultNamed('provider.requestToken', 'now, slow') as RequestFault),
  slowMs,
  lastsMs: 0,
});

/** From then on every invocation has an environment that remembers nothing. */
export function loseEnvironmentsAt({ environments, time }: Simulation, afterMs: number): void {
  time.at(startMs + afterMs, () => {
    for (const environment of environments.warm) environments.lose(environment);
  });
}

export const writesSecret = (call: Call): boolean =>
  call === 'secrets.put' || call === 'secrets.moveStage';

const reads: ReadonlySet<Call> = new Set<Call>([
  'secrets.readCurrent',
  'secrets.readVersion',
  'secrets.listVersions',
]);
export const isReading = (call: Call): boolean => reads.has(call);
