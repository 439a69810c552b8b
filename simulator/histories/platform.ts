import { labels } from '../../lambda/core/labels';
import { Redacted } from '../../lambda/core/redacted';
import { issued, seeded } from '../scenarios';
import { startMs } from '../simulated';
import {
  isReading,
  loseEnvironmentsAt,
  minuteMs,
  type NamedHistory,
  requestMeets,
  secondMs,
  slowBy,
  writesSecret,
} from './history';

/** The second request of an invocation is just answered, whatever the first one was given. */
const slowest = slowBy(26_300);

/** When the second refusal of AWSCURRENT has had the other versions read, and they are being asked. */
const othersPublishMs = 10.8 * secondMs;

/** What the stores, the queue and Lambda do. */
export const platform: readonly NamedHistory[] = [
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
  {
    name: 'two deaths before anything is stored, then a provider that is out until 215 s',
    meets: requestMeets(({ nth, atMs }) => {
      if (nth < 2) return 'dies after';
      return atMs < 215 * secondMs ? 'never, html503' : undefined;
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
  {
    name: 'a mark that is in the escrow alone, which another environment cannot read',
    play(simulation) {
      const { time } = simulation;
      // Two environments come to know the parameters.
      simulation.send();
      time.at(startMs + minuteMs, () => simulation.send({ force: true }));
      time.at(startMs + 2 * minuteMs, () => simulation.send({ force: true }));
      loseEnvironmentsAt(simulation, 20 * minuteMs);
    },
    meets({ call, nth, atMs }) {
      if (call === 'platform.start' && nth === 1) return 'two environments in turn';
      if (atMs < 2 * minuteMs) return undefined;
      if (call === 'provider.requestToken' && nth === 1) return 'now, cut';
      const isOut = atMs > 2 * minuteMs + 500 && atMs < 6 * minuteMs;
      if (writesSecret(call) && isOut) return 'throttled';
      const isDenied = atMs >= 3 * minuteMs && atMs < 7 * minuteMs;
      return call === 'parameters.read' && isDenied ? 'denied' : undefined;
    },
  },
  {
    name: 'an AWSCURRENT that was emptied, while Secrets Manager takes no writes, and then answers nothing',
    prepare(simulation) {
      const { outside } = simulation;
      seeded(simulation);
      outside.secrets.put(outside.nextId(), '{}');
    },
    meets({ call, atMs }) {
      if (call === 'secrets.put') return atMs < 3 * minuteMs ? 'throttled' : undefined;
      return call.startsWith('secrets') && atMs > minuteMs && atMs < 4 * minuteMs
        ? 'throttled'
        : undefined;
    },
  },
  {
    name: 'a set that neither store took, Parameter Store back before Secrets Manager can be read, and then no environment left',
    play(simulation) {
      simulation.send();
      loseEnvironmentsAt(simulation, 285 * secondMs);
    },
    meets({ call, nth, atMs }) {
      if (call === 'parameters.write') return atMs < 239 * secondMs ? 'throttled' : undefined;
      const isFirst = call === 'secrets.put' && nth === 0;
      return isFirst ? 'InternalServiceError, both, for 480 s' : undefined;
    },
  },
  {
    name: 'rivals in the escrow, the revoked one dated later by a clock that was ahead',
    prepare(simulation) {
      const { outside } = simulation;
      const first = issued(simulation, 25);
      const parent = new Redacted(first).fingerprint;
      const [revokedAtMs, aliveAtMs] = [startMs - 100 * secondMs, startMs - 90 * secondMs];
      const revoked = outside.tokenSet(outside.use(first, revokedAtMs), revokedAtMs + minuteMs);
      const alive = outside.tokenSet(outside.use(first, aliveAtMs), aliveAtMs);
      const marks = { parent, open: true };
      outside.putEscrow([
        { ...revoked, ...marks },
        { ...alive, ...marks },
      ]);
    },
  },
  {
    name: 'no writes to Secrets Manager for eight minutes, and then no environment left',
    play(simulation) {
      simulation.send();
      loseEnvironmentsAt(simulation, 310 * secondMs);
    },
    meets({ call, nth }) {
      const isFirst = call === 'secrets.put' && nth === 0;
      return isFirst ? 'InternalServiceError, writes, for 480 s' : undefined;
    },
  },
  {
    name: 'a stale read by the message that follows a rotation at once, and a death with a token sent',
    play(simulation) {
      simulation.send();
      simulation.send();
    },
    meets({ call, nth }) {
      if (nth !== 1) return undefined;
      if (call === 'secrets.readCurrent') return 'stale';
      return call === 'provider.requestToken' ? 'dies after' : undefined;
    },
  },
  {
    name: 'a clock that is ahead, by which a token is nearly due, and a death with the mark in the escrow alone',
    prepare: (simulation) => void issued(simulation, 7),
    meets({ call, nth, atMs }) {
      if (call === 'platform.start')
        return nth === 1 ? 'environment replaced, 4 min ahead' : undefined;
      if (call === 'secrets.readCurrent') return nth === 0 ? 'dies before' : undefined;
      if (call === 'parameters.write') return nth === 1 ? 'dies before' : undefined;
      return writesSecret(call) && atMs < 100 * secondMs ? 'throttled' : undefined;
    },
  },
  {
    name: 'rivals in the escrow, a death with one of them sent, and Secrets Manager out for eight minutes',
    prepare(simulation) {
      const { outside } = simulation;
      const first = issued(simulation, 26);
      const rivals = [120, 100].map((secondsAgo) => {
        const atMs = startMs - secondsAgo * secondMs;
        return { ...outside.tokenSet(outside.use(first, atMs), atMs), open: true };
      });
      outside.putEscrow(rivals);
    },
    meets({ call, nth }) {
      if (nth > 0) return undefined;
      if (call === 'secrets.put') return 'InternalServiceError, both, for 480 s';
      return call === 'provider.requestToken' ? 'dies after' : undefined;
    },
  },
  {
    name: 'an open end that is used without a mark while no store takes one, and found unmarked by another environment',
    play(simulation) {
      const { time } = simulation;
      // Three environments come to know the parameters.
      for (const atMs of [0, 1, 2, 3].map((minute) => minute * minuteMs)) {
        time.at(startMs + atMs, () => simulation.send({ force: true }));
      }
    },
    meets({ call, nth, atMs }) {
      if (call === 'platform.start')
        return nth === 1 || nth === 2 ? 'two environments in turn' : undefined;
      if (call === 'provider.requestToken') {
        if (nth === 4) return 'afterNext, html503';
        return nth > 4 && atMs < 5 * minuteMs ? 'never, html503' : undefined;
      }
      const isParameter = call.startsWith('parameters');
      if (isParameter && atMs >= 3 * minuteMs && atMs < 290 * secondMs) return 'throttled';
      const isOut = atMs > 240.75 * secondMs && atMs < 330 * secondMs;
      return writesSecret(call) && isOut ? 'throttled' : undefined;
    },
  },
  {
    name: 'Secrets Manager that can be written and not read for eight minutes, Parameter Store neither, and then no environment left',
    play(simulation) {
      simulation.send();
      loseEnvironmentsAt(simulation, 200 * secondMs);
    },
    meets({ call, atMs }) {
      if (call === 'provider.requestToken') {
        return atMs < 30 * secondMs ? 'never, html503' : undefined;
      }
      const isOut = isReading(call) && atMs < 8 * minuteMs;
      const isOutToo = call.startsWith('parameters') && atMs < 4 * minuteMs;
      return atMs > 20 * secondMs && (isOut || isOutToo) ? 'throttled' : undefined;
    },
  },
  {
    name: 'a token used before it was due, with its successors in the escrow alone, and a later delivery that finds it fresh',
    prepare: (simulation) => void issued(simulation, 12),
    meets({ call, nth, atMs }) {
      if (call === 'secrets.readCurrent' && nth === 0) return 'dies before';
      if (call === 'provider.requestToken') {
        if (atMs < 110 * secondMs) return 'never, html503';
        return atMs > 121.3 * secondMs && atMs < 130 * secondMs ? 'dies after' : undefined;
      }
      if (atMs < minuteMs || atMs > 362 * secondMs) return undefined;
      const isOut = call.startsWith('secrets') && atMs > 60.075 * secondMs;
      return isOut || writesSecret(call) ? 'throttled' : undefined;
    },
  },
];
