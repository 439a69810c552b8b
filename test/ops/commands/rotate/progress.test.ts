import { parseRotationLogLine } from '../../../../ops/commands/rotate/functionLog';
import {
  advance,
  answerIn,
  failuresOf,
  lastErrorOf,
  nothingSeen,
  openAttempts,
  type RotationProgress,
} from '../../../../ops/commands/rotate/progress';

const [one, two] = ['0a-1b', '0a-2c'];
const startMs = Date.UTC(2026, 10, 24, 8);
const before = { versionId: 'old', stages: ['AWSCURRENT'], createdAtMs: startMs - 90_000 };

type LogItem = readonly [requestId: string, text: string];
const line = (requestId: string, members: Record<string, unknown>): LogItem => [
  requestId,
  JSON.stringify({ level: 'INFO', service: 's', connection: 'acme', requestId, ...members }),
];
const error = (requestId: string, code = 'ChainBroken') =>
  line(requestId, { level: 'ERROR', message: 'no', code });
const refusal = (requestId: string) =>
  line(requestId, { level: 'WARN', message: 'x', refreshToken: '12345678', reason: 'HTTP 401' });
const finished = (requestId: string, outcome: string, versionId = 'new') =>
  line(requestId, {
    message: 'Rotation finished',
    ...{ outcome, expiresAt: '2026-11-24T09:00:00.000Z', versionId },
  });
const report = (requestId: string): LogItem => [
  requestId,
  `REPORT RequestId: ${requestId}\tDuration: 1.00 ms\t`,
];

const progressOf = (...lines: readonly LogItem[]): RotationProgress =>
  lines.reduce((progress, [requestId, text]) => {
    const parsed = parseRotationLogLine(text);
    return parsed ? advance(progress, { atMs: startMs, requestId, line: parsed }) : progress;
  }, nothingSeen);
const forced = { force: true, before };
const unforced = { force: false, before };

describe('the progress of a rotation', () => {
  it('is over when the rotator says how it ended', () => {
    const progress = progressOf(finished(one, 'rotated'), report(one));

    expect(answerIn(progress, unforced)).toMatchObject({
      requestId: one,
      attempt: { finished: { outcome: 'rotated', versionId: 'new' } },
    });
    expect(failuresOf(progress)).toBe(0);
  });

  it('counts an attempt once, though the rotator and Lambda both report it', () => {
    const progress = progressOf(error(one, 'StoreUnavailable'), report(one), error(two, 'Other'));

    expect(failuresOf(progress)).toBe(2);
    expect(lastErrorOf(progress)).toMatchObject({ code: 'Other' });
    expect(answerIn(progress, unforced)).toBeUndefined();
  });

  it.each(['ChainBroken', 'CredentialsRejected', 'InvalidConfig', 'NotSeeded'])(
    'is over with an error that a repetition meets again: %s',
    (code) => {
      expect(answerIn(progressOf(error(one, code)), unforced)).toMatchObject({ requestId: one });
    },
  );

  it('is not over with what comes again and may succeed', () => {
    const progress = progressOf(error(one, 'ProviderUnavailable'));
    expect(answerIn(progress, unforced)).toBeUndefined();

    const later = progressOf(error(one, 'ProviderUnavailable'), finished(two, 'recovered'));
    expect(answerIn(later, unforced)).toMatchObject({ requestId: two });
  });

  it('takes a tick that found the old token fresh for no answer to a forced one', () => {
    const tick = progressOf(finished(one, 'fresh', 'old'));

    expect(answerIn(tick, unforced)).toMatchObject({ requestId: one });
    expect(answerIn(tick, forced)).toBeUndefined();
    const justIssued = { ...before, createdAtMs: startMs - 30_000 };
    expect(answerIn(tick, { force: true, before: justIssued })).toBeDefined();
    expect(answerIn(progressOf(finished(one, 'fresh', 'new')), forced)).toBeDefined();
  });

  it('takes a broken chain that was only remembered for no answer to a forced one', () => {
    expect(answerIn(progressOf(error(one)), forced)).toBeUndefined();
    expect(answerIn(progressOf(refusal(one), error(one)), forced)).toBeDefined();
    // A refusal of another attempt says nothing of this one.
    expect(answerIn(progressOf(refusal(two), error(one)), forced)).toBeUndefined();
  });

  it('is over if the connection waits for its first seed', () => {
    const waiting = line(one, { message: 'any', outcome: 'waiting', remedy: 'seed' });

    expect(answerIn(progressOf(waiting), unforced)).toMatchObject({
      attempt: { finished: { outcome: 'waiting' } },
    });
  });

  it.each([
    [
      `2026-11-24T08:00:00.000Z ${one} Task timed out after 40.00 seconds`,
      'Task timed out after 40.00 seconds',
    ],
    [
      `RequestId: ${one} Error: Runtime exited with error: signal: killed`,
      'Runtime exited with error: signal: killed',
    ],
    [JSON.stringify({ type: 'platform.report', record: { requestId: one } }), 'It ended'],
  ])('counts an attempt that Lambda cut off: %s', (text, message) => {
    const begun = progressOf(line(one, { message: 'Asking the provider again' }));
    expect(openAttempts(begun)).toEqual([one]);

    const progress = progressOf(line(one, { message: 'any' }), [one, text], report(one));

    expect(failuresOf(progress)).toBe(1);
    expect(lastErrorOf(progress)?.message).toContain(message);
    expect(openAttempts(progress)).toEqual([]);
  });
});

describe('a line of the log', () => {
  it('is left out if it adds nothing', () => {
    for (const text of [
      `START RequestId: ${one} Version: $LATEST`,
      `END RequestId: ${one}`,
      `2026-11-24T08:00:00.000Z\t${one}\tERROR\tInvoke Error \t{"errorType":"ChainBroken"}`,
      JSON.stringify({ type: 'platform.start', record: { requestId: one } }),
      JSON.stringify({ _aws: {}, Rotated: 1 }),
    ]) {
      expect(parseRotationLogLine(text)).toBeUndefined();
    }
  });

  it('keeps the members that say something, on one line', () => {
    const [, text] = line(one, { message: 'a\n\u001b[2Jb', problem: 'HTTP 503', attempts: 2 });

    expect(parseRotationLogLine(text)).toMatchObject({
      message: 'a [2Jb',
      requestId: one,
      fields: { problem: 'HTTP 503', attempts: 2 },
    });
  });
});
