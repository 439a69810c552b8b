import { minuteMs } from '../support/simulatedClock';

/** What the invocation that is killed finds. */
export interface Scene {
  /** Rotated by force while the access token is fresh; else the access token is due. */
  readonly force: boolean;
  /**
   * `refusing`: Secrets Manager takes no value until the process is dead; `parked`: an invocation
   * before that one has left its token set in the escrow.
   */
  readonly stores: 'working' | 'refusing' | 'parked';
  /** The calls whose arrival the process may be killed at. */
  readonly calls: readonly [Call, ...Call[]];
}

export type Call =
  | 'GetSecretValue'
  | 'GetParameters'
  | 'requestToken'
  | 'PutSecretValue'
  | 'PutParameter'
  | 'DeleteParameter';

/**
 * When the process is killed: once a share of an undisturbed rotation's time is over, or once a
 * call has taken effect and its answer is still on its way.
 */
export type Moment = { readonly share: number } | { readonly call: Call };

/** One crash, and what comes after it. */
export interface Crash {
  readonly scene: Scene;
  readonly moment: Moment;
  /** From the crash to the next invocation. */
  readonly pauseMs: number;
  /** Lambda repeats an invocation with its event; a schedule's next one does not force anything. */
  readonly repeatsEvent: boolean;
}

const working = ['requestToken', 'PutSecretValue', 'GetParameters', 'GetSecretValue'] as const;
const refusing = ['requestToken', 'PutSecretValue', 'PutParameter'] as const;
const parked = ['GetParameters', 'PutSecretValue', 'DeleteParameter'] as const;

export const scenes: readonly Scene[] = [
  { force: false, stores: 'working', calls: working },
  { force: true, stores: 'working', calls: working },
  { force: false, stores: 'refusing', calls: refusing },
  { force: true, stores: 'refusing', calls: refusing },
  { force: false, stores: 'parked', calls: parked },
];

/** At once, as Lambda's first retry, and as the last tick of a schedule inside the 5 minutes. */
const pausesMs = [0, 1 * minuteMs, 4 * minuteMs];

/**
 * Crashes for several lives at once, dealt round: every scene in its turn, at a moment drawn from
 * the whole rotation in one round and at the arrival of a call in the next. Between them the lives
 * meet each call of a scene, whatever the draw.
 */
export function drawCrashes(count: number, lives: number, random: () => number): Crash[][] {
  const draw = (below: number) => Math.floor(random() * below);
  const firstCalls = scenes.map(({ calls }) => draw(calls.length));
  const dealt: Crash[][] = Array.from({ length: lives }, () => []);
  for (let index = 0; index < count; index++) {
    const life = index % lives;
    const nth = Math.floor(index / lives);
    const round = Math.floor(nth / scenes.length);
    const scene = scenes[nth % scenes.length] as Scene;
    const turn = (firstCalls[nth % scenes.length] ?? 0) + life + Math.floor(round / 2);
    const call = scene.calls[turn % scene.calls.length] ?? scene.calls[0];
    dealt[life]?.push({
      scene,
      moment: round % 2 === 0 ? { share: 1.2 * random() } : { call },
      pauseMs: pausesMs[draw(pausesMs.length)] ?? 0,
      repeatsEvent: random() < 0.5,
    });
  }
  return dealt;
}
