import { labels } from '../../lambda/core/labels';
import { replaceChain, restoreOldVersion, secretsManagerRotation } from '../operators';
import { issued, seeded } from '../scenarios';
import { type Step, startMs } from '../simulated';
import {
  currentChain,
  isReading,
  minuteMs,
  type NamedHistory,
  requestMeets,
  secondMs,
  slowBy,
  timesOf,
  writesSecret,
} from './history';

const hourMs = 60 * minuteMs;

const slow = slowBy(5 * secondMs);

/** What people, and Secrets Manager's own rotation, do beside the schedule. */
export const operators: readonly NamedHistory[] = [
  {
    name: 'a tick and a rotation by hand that the provider takes up in the other order, while Secrets Manager takes no writes',
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 30, () => void simulation.invoke({ by: 'hand', force: true }));
    },
    meets({ call, atMs, nth }) {
      if (call === 'provider.requestToken' && nth === 0) return 'overtaken, valid';
      // The mark of the rotation by hand comes before.
      return writesSecret(call) && atMs > 110 && atMs < 45 * secondMs ? 'throttled' : undefined;
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
    name: 'another chain, seeded during a tick whose answers are lost for half a minute',
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
    name: 'a direct invocation by a clock that is ahead',
    options: { skewMs: 4 * minuteMs },
    prepare: (simulation) => void issued(simulation, 5),
    play: (simulation) => void simulation.invoke({ by: 'hand', force: true }),
    shows: ({ ends }) => ({ 'its message begins beside it and ends': [ends[0], 'NotYet'] }),
  },
  {
    name: 'another chain, seeded during a tick that has its answers late, and whose confirmation is parked',
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 32 * secondMs, () => void replaceChain(simulation));
    },
    meets({ call, nth, atMs }) {
      if (call === 'provider.requestToken') {
        return atMs < 33 * secondMs ? 'never, html401' : undefined;
      }
      if (call === 'secrets.put' && nth === 0) return 'slow';
      const isOut = atMs > 60.45 * secondMs && atMs < 95 * secondMs;
      return writesSecret(call) && isOut ? 'throttled' : undefined;
    },
    shows: ({ outside }) => ({ 'the current chain': [currentChain(outside), 2] }),
  },
  {
    name: 'an empty value that is put back during a rotation whose set is parked, and again once the chain has gone on',
    prepare: seeded,
    play(simulation) {
      const { time } = simulation;
      simulation.send();
      time.at(startMs + 20 * secondMs, () => restoreOldVersion(simulation));
      time.at(startMs + 20.5 * minuteMs, () => restoreOldVersion(simulation));
    },
    meets({ call, atMs }) {
      if (call === 'secrets.put') return atMs < 50 * secondMs ? 'throttled' : undefined;
      const isDue = atMs > 19 * minuteMs && atMs < 20.5 * minuteMs;
      return call === 'provider.requestToken' && isDue ? 'dies after' : undefined;
    },
  },
  {
    name: 'another chain, seeded, whose token is refused for a minute once it is due',
    prepare: (simulation) => void issued(simulation, 5),
    play: (simulation) => void replaceChain(simulation),
    meets: requestMeets(({ refreshToken, atMs }) => {
      const isRefused = atMs > 18 * minuteMs && atMs < 22 * minuteMs;
      return isRefused && refreshToken !== undefined ? 'never, own401' : undefined;
    }),
    shows: ({ outside }) => ({ 'the current chain': [currentChain(outside), 2] }),
  },
  {
    name: 'a version that a person puts back while its token is used, and the successor missing',
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 45 * secondMs, () => restoreOldVersion(simulation));
    },
    meets: requestMeets(({ nth, atMs }) => {
      if (nth === 0) return 'now, cut';
      return nth > 1 && atMs < 50 * secondMs ? 'now, noRefreshToken' : undefined;
    }),
  },
  {
    name: 'another chain, seeded while Secrets Manager can be written and not read, and Parameter Store neither',
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 45 * secondMs, () => void replaceChain(simulation));
    },
    meets({ call, atMs }) {
      if (call === 'provider.requestToken') {
        return atMs < 110 * secondMs ? 'never, html503' : undefined;
      }
      const isOut = atMs > 40 * secondMs && atMs < 5 * minuteMs;
      const isHit = isReading(call) || call.startsWith('parameters');
      return isOut && isHit ? 'throttled' : undefined;
    },
    shows: ({ outside }) => ({ 'the current chain': [currentChain(outside), 2] }),
  },
];
