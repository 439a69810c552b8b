import { labels } from '../lambda/core/labels';
import { Redacted } from '../lambda/core/redacted';
import { faultNamed } from './faults';
import { replaceChain, secretsManagerRotation } from './operators';
import { stagedClientSecret, stagedClientSecretName } from './outside/outside';
import { expireClientSecret, issued } from './scenarios';
import { type SimulationOptions, type Step, startMs } from './simulated';
import type { Simulation } from './simulation';
import type { Call, Fault, RequestFault } from './vocabulary';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

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
  /** What more has to hold in the end: each name tells what was found and what is right. */
  readonly shows?: (
    simulation: Simulation,
  ) => Readonly<Record<string, readonly [unknown, unknown]>>;
}

const requestMeets =
  (meets: (asking: Asking) => string | undefined) =>
  (asking: Asking): string | undefined =>
    asking.call === 'provider.requestToken' ? meets(asking) : undefined;

const always = (name: string) => requestMeets(() => name);

/** The answer to the first request is lost; then a front answers until 200 s. */
const lostThen = (front: string) =>
  requestMeets(({ nth, atMs }) => {
    if (nth === 0) return 'now, cut';
    return atMs < 200 * secondMs ? `never, ${front}` : undefined;
  });

const fronts = ['html403', 'html404', 'html302', 'html400', 'html451', 'html401', 'html407'];

const slow: Fault = {
  ...(faultNamed('provider.requestToken', 'now, slow') as RequestFault),
  slowMs: 5 * secondMs,
  lastsMs: 0,
};

/** The second request of an invocation is just answered, whatever the first one was given. */
const slowest: Fault = {
  ...(faultNamed('provider.requestToken', 'now, slow') as RequestFault),
  slowMs: 26_300,
};

const timesOf = ({ effects }: Simulation, call: Call) =>
  effects.filter((effect) => effect.call === call).map(({ atMs }) => atMs - startMs);

/** How long the second request came after the first one's answer. */
function pauseOf(simulation: Simulation): number {
  const [first = 0, second = 0] = timesOf(simulation, 'provider.requestToken');
  return second - first;
}

const firstEnd = ({ ends }: Simulation) => ends[0];

export const histories: readonly NamedHistory[] = [
  {
    name: 'answers that begin with a byte order mark',
    meets: always('now, byteOrderMark'),
    shows: (simulation) => ({ 'the first message ends': [firstEnd(simulation), 'rotated'] }),
  },
  ...fronts.map(
    (front): NamedHistory => ({
      name: `an answer that is lost, then a front that answers ${front.slice(4)} in HTML for minutes`,
      meets: lostThen(front),
    }),
  ),
  ...(['alarm', 'reissue'] as const).map(
    (onBrokenChain): NamedHistory => ({
      name: `one refusal that is not about the token, in a warm environment (${onBrokenChain})`,
      options: { onBrokenChain },
      prepare: (simulation) => void issued(simulation, 5),
      meets: requestMeets(({ nth }) => (nth === 0 ? 'never, own401' : undefined)),
      shows: ({ outside, ends }) => ({
        'chains at the provider': [outside.provider.newestChain, 1],
        'messages that end with ChainBroken': [
          ends.filter((end) => end === 'ChainBroken').length,
          0,
        ],
      }),
    }),
  ),
  {
    name: 'a life that is told as a text of digits',
    meets: always('now, expiresInText'),
    shows: (simulation) => ({ 'the first message ends': [firstEnd(simulation), 'rotated'] }),
  },
  {
    name: 'a life that is not told',
    meets: always('now, noExpiresIn'),
    shows: (simulation) => ({ 'the first message ends': [firstEnd(simulation), 'rotated'] }),
  },
  {
    name: 'access tokens that live 40 minutes',
    options: { lifeMs: 40 * minuteMs },
    minutes: 6 * 60,
    shows: ({ outside }) => ({
      'versions in six hours are at most': [outside.secrets.writtenAtMs.length <= 26, true],
    }),
  },
  {
    name: 'a rate limit that asks to wait for a second and a half',
    meets: requestMeets(({ nth }) => (nth === 0 ? 'never, own429fraction' : undefined)),
    shows: (simulation) => ({ 'it waits': [pauseOf(simulation) >= 1_500, true] }),
  },
  {
    name: 'a rate limit that asks to wait until a date',
    meets: requestMeets(({ nth }) => (nth === 0 ? 'never, own429date' : undefined)),
    shows: (simulation) => ({ 'it waits': [pauseOf(simulation) >= 29_000, true] }),
  },
  {
    name: 'three answers that are lost, then one without a refresh token',
    meets: requestMeets(
      ({ nth }) => ['now, own500', 'now, own500', 'now, own500', 'now, noRefreshToken'][nth],
    ),
  },
  {
    name: 'answers without a refresh token for two seconds',
    meets: requestMeets(({ atMs }) => (atMs < 2 * secondMs ? 'now, noRefreshToken' : undefined)),
  },
  {
    name: 'a tick and a rotation by hand that the provider takes up in the other order, while Secrets Manager takes no writes',
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 30, () => void simulation.invoke({ by: 'hand', force: true }));
    },
    meets({ call, atMs, nth }) {
      if (call === 'provider.requestToken' && nth === 0) return 'overtaken, valid';
      const isWrite = call === 'secrets.put' || call === 'secrets.moveStage';
      // The mark of the rotation by hand comes before.
      return isWrite && atMs > 110 && atMs < 45 * secondMs ? 'throttled' : undefined;
    },
  },
  {
    name: 'a rotation by hand that parks and dies, before a tick whose answer is slow parks what that has revoked',
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 30, () => void simulation.invoke({ by: 'hand', force: true }));
    },
    meets({ call, nth }) {
      if (nth > 0) return undefined;
      if (call === 'provider.requestToken') return slow;
      if (call === 'secrets.put') return 'InternalServiceError, writes, for 480 s';
      return call === 'parameters.write' ? 'dies after' : undefined;
    },
  },
  {
    name: 'an answer that is lost, then a rate limit that asks to wait for a minute',
    meets: requestMeets(({ nth, atMs }) => {
      if (nth === 0) return 'now, cut';
      return atMs < 200 * secondMs ? 'never, own429for60' : undefined;
    }),
  },
  {
    name: 'a provider that takes longer for each answer than a first attempt lasts',
    meets: requestMeets(({ atMs }) => (atMs < 8 * minuteMs ? 'now, slow' : undefined)),
  },
  ...[40, 100, 150, 190].map(
    (afterMs): NamedHistory => ({
      name: `another chain, seeded ${afterMs} ms after a tick has begun`,
      play(simulation) {
        simulation.send();
        simulation.time.at(startMs + afterMs, () => void replaceChain(simulation));
      },
      shows: ({ outside }) => ({
        'the current chain': [currentChain(outside), 2],
      }),
    }),
  ),
  {
    name: 'another chain, seeded amid a tick whose answers are lost for half a minute',
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 5 * secondMs, () => void replaceChain(simulation));
    },
    meets: requestMeets(({ atMs }) => (atMs < 30 * secondMs ? 'now, cut' : undefined)),
    shows: ({ outside }) => ({ 'the current chain': [currentChain(outside), 2] }),
  },
  {
    name: 'a chain that was seeded by a machine whose clock is three hours ahead',
    prepare({ outside, checker }) {
      const atMs = startMs - 35 * minuteMs;
      const tokenSet = outside.tokenSet(outside.provider.startChain(atMs), atMs);
      const issuedAt = new Date(atMs + 3 * hourMs).toISOString();
      const expiresAt = new Date(atMs + 4 * hourMs).toISOString();
      const text = JSON.stringify({ ...tokenSet, issuedAt, expiresAt });
      outside.secrets.put(outside.nextId(), text, ['AWSCURRENT', labels.seeded]);
      checker.readers.hasMisdatedSeed = true;
      checker.chain.isExpected = true;
    },
    minutes: 3 * 60,
  },
  {
    name: "a fleet's message that is delivered when it is nearly over, and answers that are lost",
    options: { isFleet: true },
    prepare: (simulation) => void issued(simulation, 35),
    // The queue is behind: the next one is delivered as late.
    play(simulation) {
      simulation.queue.send('{"connection":"sim"}', startMs - 17.6 * minuteMs);
      simulation.poll();
    },
    meets: requestMeets(({ atMs }) => (atMs < 170 * secondMs ? 'now, cut' : undefined)),
  },
  ...[
    { what: 'never', againMs: undefined },
    { what: 'after ten minutes', againMs: 10 * minuteMs },
  ].map(
    ({ what, againMs }): NamedHistory => ({
      name: `a step of Secrets Manager's own rotation that dies with a fresh token sent, and is repeated ${what}`,
      prepare: (simulation) => void issued(simulation, 10),
      play(simulation) {
        const versionId = simulation.outside.nextId();
        const create = () =>
          void simulation.invoke({ by: 'step', step: 'createSecret', versionId });
        create();
        if (againMs !== undefined) simulation.time.at(startMs + againMs, create);
      },
      meets: requestMeets(({ nth }) => (nth === 0 ? 'dies after' : undefined)),
    }),
  ),
  {
    name: 'an answer whose access token lives for a second, over one that is valid for 35 minutes more',
    prepare: (simulation) => void issued(simulation, 25),
    meets: requestMeets(({ nth }) => (nth === 0 ? 'now, expiresIn1' : undefined)),
  },
  {
    name: 'two deaths before anything is stored, then a provider that is out until 215 s',
    meets: requestMeets(({ nth, atMs }) => {
      if (nth < 2) return 'dies after';
      return atMs < 215 * secondMs ? 'never, html503' : undefined;
    }),
  },
  {
    name: "a version of Secrets Manager's own rotation that cannot be read at once",
    prepare: (simulation) => void issued(simulation, 10),
    play: (simulation) => void secretsManagerRotation(simulation),
    meets: ({ call, nth }) =>
      // The first one is read before there is anything.
      call === 'secrets.readVersion' && [1, 2, 4, 6].includes(nth) ? 'notVisible' : undefined,
    shows: (simulation) => ({
      'steps that end with InvalidEvent': [
        simulation.ends.filter((end) => end === 'InvalidEvent').length,
        0,
      ],
      'the token is tested': [timesOf(simulation, 'provider.tokenContext').length > 0, true],
    }),
  },
  {
    name: 'answers that come when an invocation is nearly over, while writes to Secrets Manager hang',
    options: { latencyMs: (call) => (call.startsWith('provider') ? 150 : 60) },
    meets({ call, atMs }) {
      if (call === 'secrets.put') return atMs < 8 * minuteMs ? 'hangs' : undefined;
      return call === 'provider.requestToken' && atMs < minuteMs ? slowest : undefined;
    },
  },
  {
    name: "a forced rotation before the last step of Secrets Manager's own one",
    prepare: (simulation) => void issued(simulation, 10),
    play(simulation) {
      const versionId = simulation.outside.nextId();
      const step = (name: Step) => void simulation.invoke({ by: 'step', step: name, versionId });
      step('createSecret');
      simulation.time.at(startMs + 2 * minuteMs, () => simulation.send({ force: true }));
      simulation.time.at(startMs + 3 * minuteMs, () => step('finishSecret'));
    },
    shows: ({ ends }) => ({
      'rotations that had to recover': [ends.filter((end) => end === 'recovered').length, 0],
    }),
  },
  {
    name: "a rotation by hand of a fleet's fresh token, which dies before it has stored anything",
    options: { isFleet: true },
    prepare: (simulation) => void issued(simulation, 10),
    play: (simulation) => void simulation.invoke({ by: 'hand', force: true }),
    meets: requestMeets(({ nth }) => (nth === 0 ? 'dies after' : undefined)),
  },
  {
    name: 'a client secret that has expired, beside a staged one',
    prepare(simulation) {
      issued(simulation);
      expireClientSecret(simulation);
      simulation.outside.parameters.put(stagedClientSecretName, stagedClientSecret, true);
    },
    shows: (simulation) => ({ 'the first message ends': [firstEnd(simulation), 'rotated'] }),
  },
  {
    name: 'a client id that was mistyped, and is corrected after minutes',
    prepare(simulation) {
      const { outside, checker, time } = simulation;
      issued(simulation);
      outside.provider.acceptedSecrets.clear();
      checker.areCredentialsGood = false;
      time.at(startMs + 7.5 * minuteMs, () => {
        outside.correctClientId();
        checker.areCredentialsGood = true;
        checker.trouble();
      });
    },
    shows: (simulation) => ({
      // One that rotates and one that confirms: nobody asks about the credentials.
      'requests once it is corrected': [
        timesOf(simulation, 'provider.requestToken').filter(
          (atMs) => atMs > 7.5 * minuteMs && atMs < 15 * minuteMs,
        ).length,
        2,
      ],
    }),
  },
  {
    name: 'a stale read of AWSCURRENT, while the escrow still holds what has come between that and AWSCURRENT, and a provider that is out',
    prepare(simulation) {
      const { outside } = simulation;
      const first = issued(simulation, 80);
      const [parkedAtMs, publishedAtMs] = [startMs - 57 * minuteMs, startMs - secondMs];
      const parked = outside.use(first, parkedAtMs);
      const parent = new Redacted(first).fingerprint;
      outside.putEscrow({ ...outside.tokenSet(parked, parkedAtMs), parent });
      const published = outside.use(parked, publishedAtMs);
      outside.putRotated(outside.tokenSet(published, publishedAtMs));
      // Readers have seen it.
      simulation.checker.check();
    },
    meets({ call, nth, atMs }) {
      if (call === 'secrets.readCurrent') return nth === 0 ? 'stale' : undefined;
      const isOut = call === 'provider.requestToken' && atMs < 5 * minuteMs;
      return isOut ? 'never, html503' : undefined;
    },
  },
  {
    name: 'two versions that others publish while the forerunners are asked, the newer one revoked by a late request',
    prepare(simulation) {
      const usedAtMs = startMs - 25 * minuteMs;
      const first = issued(simulation, 60);
      const second = simulation.outside.use(first, usedAtMs);
      simulation.outside.putRotated(simulation.outside.tokenSet(second, usedAtMs));
    },
    play(simulation) {
      const { outside, time, checker } = simulation;
      simulation.send();
      time.at(startMs + othersPublishMs, () => {
        const nowMs = time.nowMs;
        let token = outside.stored.current?.refreshTokens[0] ?? '';
        for (const atMs of [nowMs - 1, nowMs]) {
          const successor = outside.use(token, atMs);
          outside.putRotated(outside.tokenSet(successor, atMs), ['AWSCURRENT', labels.open]);
          if (atMs === nowMs) outside.use(token, nowMs);
          token = successor;
        }
        checker.trouble();
      });
    },
    meets: requestMeets(({ refreshToken, atMs }) =>
      refreshToken !== undefined && atMs < othersPublishMs ? 'never, own401' : undefined,
    ),
    shows: ({ ends }) => ({
      'invocations that find nothing to use': [
        ends.filter((end) => end === 'DeadlineExceeded' || end === 'ChainBroken').length,
        0,
      ],
    }),
  },
];

/** When the second refusal of AWSCURRENT has had the other versions read, and they are being asked. */
const othersPublishMs = 10.8 * secondMs;

function currentChain({ stored, provider }: Simulation['outside']): number | undefined {
  const [text = ''] = stored.current?.refreshTokens ?? [];
  return provider.find(text)?.chain;
}

/** The fault that a history has ready for an effect. */
export function faultOf(history: NamedHistory, asking: Asking): Fault | undefined {
  const met = history.meets?.(asking);
  return typeof met === 'string' ? faultNamed(asking.call, met) : met;
}
