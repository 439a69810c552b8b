import { minuteMs } from '../support/simulatedClock';

/** What the invocation that is killed finds. */
export interface Scene {
  /** A message of the queue, a direct invocation, or the first step of Secrets Manager's own rotation. */
  readonly by: 'queue' | 'hand' | 'step';
  /** Rotated by force while the access token is fresh; else the access token is due. */
  readonly force: boolean;
  /**
   * `refusing`: Secrets Manager takes no value until the process is dead; `parked`: an invocation
   * before that one has left its token set in the escrow.
   */
  readonly stores: 'working' | 'refusing' | 'parked';
  /**
   * `unanswered`: the provider has taken the first request up, and its answer is lost; `late`: it takes
   * it up after the next one.
   */
  readonly firstRequest: 'answered' | 'unanswered' | 'late';
  /** The calls whose arrival the process may be killed at. */
  readonly calls: readonly [Arrival, ...Arrival[]];
}

export type Call =
  | 'GetSecretValue'
  | 'GetParameters'
  | 'ListSecretVersionIds'
  | 'UpdateSecretVersionStage'
  | 'SendMessage'
  | 'requestToken'
  | 'PutSecretValue'
  | 'PutParameter'
  | 'DeleteParameter';

/** A call, and which of its kind it is in the invocation. */
export type Arrival = readonly [call: Call, nth: number];

/**
 * When the process is killed: once a share of an undisturbed rotation's time is over, or once a
 * call has taken effect and its answer is still on its way.
 */
export type Moment = { readonly share: number } | { readonly at: Arrival };

/** One crash or several, delivery by delivery, and what comes after them. */
export interface Crash {
  readonly scene: Scene;
  readonly moment: Moment;
  /** Shares of an undisturbed rotation's time, of the deliveries that die after that. */
  readonly deaths: readonly number[];
  /** From a direct invocation to the schedule's next message. */
  readonly pauseMs: number;
}

const byQueue = { by: 'queue', force: false, stores: 'working', firstRequest: 'answered' } as const;
const byHand = { ...byQueue, by: 'hand' } as const;
/** The token is sent, its successor published, used as well and that one's successor published. */
const confirmed: readonly [Arrival, ...Arrival[]] = [
  ['requestToken', 1],
  ['PutSecretValue', 1],
  ['requestToken', 2],
  ['PutSecretValue', 2],
];
const once: Scene['calls'] = [
  ['requestToken', 1],
  ['PutSecretValue', 1],
  ['GetParameters', 1],
  ['GetSecretValue', 1],
];

export const scenes: readonly Scene[] = [
  { ...byQueue, calls: once },
  { ...byQueue, force: true, calls: once },
  {
    ...byQueue,
    firstRequest: 'unanswered',
    calls: [
      ['requestToken', 2],
      ['PutSecretValue', 1],
      ['UpdateSecretVersionStage', 1],
      ['requestToken', 3],
      ['PutSecretValue', 2],
    ],
  },
  { ...byQueue, firstRequest: 'late', calls: [['requestToken', 1]] },
  { ...byHand, calls: [...confirmed, ['SendMessage', 1], ['UpdateSecretVersionStage', 1]] },
  {
    ...byQueue,
    stores: 'refusing',
    calls: [
      ['requestToken', 1],
      ['PutSecretValue', 1],
      ['PutParameter', 1],
    ],
  },
  {
    ...byQueue,
    force: true,
    stores: 'refusing',
    firstRequest: 'unanswered',
    calls: [
      ['requestToken', 2],
      ['PutParameter', 1],
      ['PutParameter', 2],
      ['requestToken', 3],
    ],
  },
  {
    ...byQueue,
    stores: 'parked',
    calls: [
      ['ListSecretVersionIds', 1],
      ['PutSecretValue', 1],
      ['DeleteParameter', 1],
    ],
  },
  { ...byHand, by: 'step', force: true, calls: [...confirmed, ['PutSecretValue', 3]] },
  {
    ...byHand,
    stores: 'refusing',
    calls: [
      ['requestToken', 1],
      ['PutParameter', 1],
      ['requestToken', 2],
    ],
  },
  { ...byHand, force: true, calls: confirmed },
];

/** A message of the schedule may come at any time after a direct invocation. */
const pausesMs = [0, 1 * minuteMs, 4 * minuteMs];
/** The last delivery inside the provider's 5 minutes is the fifth: three more may die. */
const mostDeaths = 3;

/**
 * Crashes for several lives at once, dealt round: every scene in its turn, at a moment drawn from
 * the whole rotation in one round and at the arrival of a call in the next. Between them the lives
 * meet the calls of a scene, whatever the draw.
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
    const turn = (firstCalls[nth % scenes.length] ?? 0) + life + Math.floor(round / 2) * lives;
    const at = scene.calls[turn % scene.calls.length] ?? scene.calls[0];
    dealt[life]?.push({
      scene,
      moment: round % 2 === 0 ? { at } : { share: 1.2 * random() },
      // Half of the crashes stay alone.
      deaths: Array.from({ length: Math.max(0, draw(2 * mostDeaths + 1) - mostDeaths) }, random),
      pauseMs: pausesMs[draw(pausesMs.length)] ?? 0,
    });
  }
  return dealt;
}
