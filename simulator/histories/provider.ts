import { stagedClientSecret, stagedClientSecretName } from '../outside/outside';
import { expireClientSecret, issued } from '../scenarios';
import { startMs } from '../simulated';
import type { Simulation } from '../simulation';
import {
  always,
  firstEnd,
  loseEnvironmentsAt,
  minuteMs,
  type NamedHistory,
  requestMeets,
  secondMs,
  slowBy,
  timesOf,
  writesSecret,
} from './history';

/** The answer to the first request is lost; then a front answers until 200 s. */
const lostThen = (front: string) =>
  requestMeets(({ nth, atMs }) => {
    if (nth === 0) return 'now, cut';
    return atMs < 200 * secondMs ? `never, ${front}` : undefined;
  });

const fronts = ['html403', 'html404', 'html302', 'html400', 'html451', 'html401', 'html407'];

/** How long the second request came after the first one's answer. */
function pauseOf(simulation: Simulation): number {
  const [first = 0, second = 0] = timesOf(simulation, 'provider.requestToken');
  return second - first;
}

/** Longer than one attempt, and no longer than two take. */
const verySlow = slowBy(15 * secondMs);
/** Longer than a first attempt lasts. */
const slow = slowBy(10.6 * secondMs);

/** What the provider, or what stands in front of it, answers. */
export const provider: readonly NamedHistory[] = [
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
    name: 'a life that is given as a text of digits',
    meets: always('now, expiresInText'),
    shows: (simulation) => ({ 'the first message ends': [firstEnd(simulation), 'rotated'] }),
  },
  {
    name: 'a life that is not given',
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
  {
    name: 'a provider that is out until nearly four minutes are over, and then takes 15 s for each answer',
    options: { isFleet: true },
    prepare: (simulation) => void issued(simulation, 35),
    meets({ call, atMs }) {
      if (call !== 'provider.requestToken' || atMs >= 8 * minuteMs) return undefined;
      return atMs < 235 * secondMs ? 'now, cut' : verySlow;
    },
  },
  {
    name: 'an answer that is lost, and a provider that is out whenever a delivery begins',
    options: { isFleet: true },
    prepare: (simulation) => void issued(simulation, 35),
    meets: requestMeets(({ nth, atMs }) => {
      if (nth === 0) return 'now, cut';
      const isOut = atMs < minuteMs || atMs % minuteMs < 20 * secondMs;
      return isOut && atMs < 5 * minuteMs ? 'never, html503' : undefined;
    }),
  },
  ...[17, 23, 29].map(
    (seconds): NamedHistory => ({
      name: `a provider that loses an answer, and then takes ${seconds} s for each, eight minutes long`,
      meets: ({ call, nth, atMs }) => {
        if (call !== 'provider.requestToken' || atMs >= 8 * minuteMs) return undefined;
        return nth === 0 ? 'now, cut' : slowBy(seconds * secondMs);
      },
    }),
  ),
  {
    name: 'an answer whose access token lives for a second, over one that is valid for 35 minutes more',
    prepare: (simulation) => void issued(simulation, 25),
    meets: requestMeets(({ nth }) => (nth === 0 ? 'now, expiresIn1' : undefined)),
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
    name: 'answers that take 15 seconds, while Secrets Manager takes no writes for six minutes',
    meets({ call, atMs }) {
      if (call === 'provider.requestToken') return atMs < 8 * minuteMs ? verySlow : undefined;
      return writesSecret(call) && atMs < 6 * minuteMs ? 'throttled' : undefined;
    },
  },
  {
    name: 'answers without a refresh token until the last delivery has asked once',
    meets: requestMeets(({ atMs }) =>
      atMs < 4 * minuteMs + 50 ? 'now, noRefreshToken' : undefined,
    ),
  },
  {
    name: 'one answer without a refresh token as the invocation ends, in which no other request has left',
    meets: requestMeets(({ atMs }) => {
      if (atMs < 33 * secondMs) return 'never, notSent';
      return atMs < 59 * secondMs ? 'now, noRefreshToken' : undefined;
    }),
  },
  {
    name: 'an answer that is lost, a provider that then asks for a minute of patience each time, and a new environment',
    play(simulation) {
      simulation.send();
      loseEnvironmentsAt(simulation, 290 * secondMs);
    },
    meets: requestMeets(({ nth, atMs }) => {
      if (nth === 0) return 'now, cut';
      return atMs < 4 * minuteMs + 50 ? 'never, own429for60' : undefined;
    }),
  },
  {
    name: 'answers that take 10.6 seconds for minutes, after a late request has revoked what the first of them brought',
    meets({ call, nth, atMs }) {
      if (call !== 'provider.requestToken' || atMs > 6 * minuteMs) return undefined;
      return nth === 1 ? 'afterNext, empty200' : slow;
    },
  },
  {
    name: 'access tokens of 25 minutes in a fleet, brought by hand a while before a message',
    options: { isFleet: true, lifeMs: 25 * minuteMs },
    prepare: (simulation) => void issued(simulation, 47),
    play(simulation) {
      simulation.time.at(
        startMs + 12 * minuteMs,
        () => void simulation.invoke({ by: 'hand', force: true }),
      );
    },
    minutes: 100,
  },
  {
    name: 'a confirmation that is to wait for a minute whenever it is sent, of what a late request has revoked',
    meets: requestMeets(({ nth, atMs }) => {
      if (nth === 0) return 'afterNext, html401';
      return nth > 1 && atMs < 240.3 * secondMs ? 'never, own429for60' : undefined;
    }),
  },
];
