import { decide } from '../../../lambda/core/decide';
import type { Facts } from '../../../lambda/core/facts';
import { labels } from '../../../lambda/core/labels';
import {
  factsOf,
  held,
  hourMs,
  issued,
  minuteMs,
  notSeeded,
  nowMs,
  pending,
  previous,
  recoverWith,
  refusing,
  seeded,
  versionOf,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));
const child = held('child', { parent: 'current', ageMs: minuteMs });

describe('a secret without a refresh token', () => {
  const current = versionOf(notSeeded);
  const empty = { current, otherVersions: [], listed: [] };
  const whole = (name: string, ageMs: number, where: { stages: string[]; versionId: string }) =>
    versionOf(issued(name), { ...where, createdAtMs: nowMs - ageMs });

  it('has its other versions looked into, then the parameters, which may be missing', () => {
    expect(decideWith({ current, parameters: undefined })).toEqual({ do: 'readOtherVersions' });
    expect(decideWith({ ...empty, parameters: undefined })).toEqual({ do: 'readParameters' });
  });

  it.each([
    ['with its parameters', {}],
    ['without', { parameters: undefined, parametersMissing: true }],
  ])('waits to be seeded, %s: nobody is woken', (_, parameters) => {
    expect(decideWith({ ...empty, ...parameters })).toEqual({
      do: 'finish',
      outcome: 'waiting',
      leavesOpen: false,
    });
  });

  it('fails if a person asks for a rotation', () => {
    expect(decideWith({ ...empty, force: true })).toEqual({ do: 'fail', code: 'NotSeeded' });
  });

  it('takes what is held: the last of the chain', () => {
    const parked = held('parked', { ageMs: 30 * 24 * hourMs });

    expect(decideWith({ ...empty, held: [parked] })).toEqual({ do: 'publish', held: parked });
    expect(decideWith({ ...empty, held: [parked], parametersMissing: true }).do).toBe('publish');
  });

  it('takes the version that was written last, with the marks that it bears', () => {
    const open = { ...pending, stages: ['AWSPENDING', labels.open, labels.sent] };
    const otherVersions = [whole('older', 2 * minuteMs, previous), whole('newer', minuteMs, open)];

    expect(decideWith({ ...empty, otherVersions })).toEqual({
      do: 'publish',
      held: { tokenSet: issued('newer'), open: true, sent: true },
    });
    expect(decideWith({ ...empty, otherVersions: otherVersions.slice(0, 1) })).toEqual({
      do: 'publish',
      held: { tokenSet: issued('older'), open: false, sent: false },
    });
  });

  it('prefers what is held to any version, which came before it', () => {
    const otherVersions = [whole('version', minuteMs, previous)];

    expect(decideWith({ ...empty, otherVersions, held: [child] })).toMatchObject({
      do: 'publish',
      held: child,
    });
  });

  it('is refreshed with a refresh token alone from another version', () => {
    const otherVersions = [versionOf(seeded('first'), previous)];

    expect(decideWith({ ...empty, otherVersions })).toEqual(recoverWith('first'));
  });

  it('then wants the parameters that are missing: now it matters which', () => {
    const otherVersions = [versionOf(seeded('first'), previous)];
    const missing = { parameters: undefined, parametersMissing: true };

    expect(decideWith({ ...empty, otherVersions, ...missing })).toEqual({ do: 'readParameters' });
  });

  it('is read again before anything is published or sent, if it may have been filled', () => {
    const otherVersions = [versionOf(seeded('first'), previous)];

    expect(decideWith({ ...empty, otherVersions, currentMayBeStale: true })).toEqual({
      do: 'readCurrent',
    });
    expect(decideWith({ ...empty, held: [child], currentMayBeStale: true })).toEqual({
      do: 'readCurrent',
    });
  });

  it('goes on with the other tokens once a version was tried and refused', () => {
    const otherVersions = [whole('newer', minuteMs, pending), whole('older', minuteMs, previous)];

    expect(decideWith({ ...empty, otherVersions, ...refusing(['newer']) })).toEqual(
      recoverWith('older'),
    );
  });

  it('uses what is open from the escrow while Secrets Manager takes no writes', () => {
    const open = { ...child, open: true };
    const denied = { ...empty, refusesWrites: true };

    expect(decideWith({ ...denied, held: [open] })).toEqual({ do: 'markHeld', held: open });
    expect(
      decideWith({ ...denied, otherVersions: [whole('version', minuteMs, previous)] }),
    ).toEqual(recoverWith('version'));
  });
});
