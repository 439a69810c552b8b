import { decide } from '../../../lambda/core/decide';
import type { Facts } from '../../../lambda/core/facts';
import {
  dead,
  deadRefusal,
  factsOf,
  fingerprint,
  firstSecret,
  issued,
  listedOf,
  minuteMs,
  nowMs,
  parametersOf,
  previous,
  recoverWith,
  refreshWith,
  refusing,
  secondMs,
  versionOf,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));

const fail = (code: string) => ({ do: 'fail', code });
const reissue = { do: 'reissue', clientSecret: firstSecret };

const none = { otherVersions: [], listed: [] };

describe('a chain that may be reissued', () => {
  const parameters = parametersOf({ onBrokenChain: 'reissue' });
  const otherVersions = [versionOf(issued('before'), previous)];
  const facts = { parameters, otherVersions, listed: listedOf(...otherVersions) };
  const refusedTwice = (spacingMs: number) => ({
    ...deadRefusal,
    firstAtMs: nowMs - spacingMs,
    lastAtMs: nowMs,
  });
  const refusals = (currentMs: number, beforeMs: number) => ({
    refusals: new Map([
      [fingerprint('current'), refusedTwice(currentMs)],
      [fingerprint('before'), refusedTwice(beforeMs)],
    ]),
    refusedInRound: dead('current', 'before').refusedInRound,
  });

  it('is, once every stored token was refused twice, a minute apart', () => {
    expect(decideWith({ ...facts, ...refusals(minuteMs, minuteMs) })).toEqual(reissue);
    expect(decideWith({ ...facts, ...none, ...dead('current') })).toEqual(reissue);
  });

  it('is not while another stored token was not refused', () => {
    expect(decideWith({ ...facts, ...dead('current') })).toEqual(recoverWith('before'));
  });

  it('waits for the refusal of each token that still has to come', () => {
    const wait = (untilMs: number) => {
      return { do: 'wait', untilMs, isRound: false, code: 'ChainBroken' };
    };

    expect(decideWith({ ...facts, ...refusals(10 * secondMs, minuteMs) })).toEqual(
      wait(nowMs + 50 * secondMs),
    );
    expect(decideWith({ ...facts, ...refusals(minuteMs, 10 * secondMs) })).toEqual(
      wait(nowMs + 50 * secondMs),
    );
    expect(decideWith({ ...facts, ...refusals(20 * secondMs, 10 * secondMs) })).toEqual(
      wait(nowMs + 50 * secondMs),
    );
  });

  it('asks for it a minute after the first refusal', () => {
    const twice = (ageMs: number) =>
      refusing(['current'], { firstAtMs: nowMs - ageMs, lastAtMs: nowMs - 30 * secondMs });

    expect(decideWith({ ...facts, ...none, ...twice(minuteMs) })).toEqual(refreshWith('current'));
    expect(decideWith({ ...facts, ...none, ...twice(minuteMs - 1) })).toMatchObject({
      do: 'wait',
      untilMs: nowMs + 1,
    });
    expect(decideWith({ ...none, parameters: parametersOf(), ...twice(minuteMs) })).toEqual(
      fail('ChainBroken'),
    );
  });

  it('is not if the connection only alarms', () => {
    expect(decideWith({ ...none, ...dead('current') })).toEqual(fail('ChainBroken'));
  });
});
