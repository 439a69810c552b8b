import { parseLogLine } from '../../../ops/rotating/logLine';
import { advance, isOver, nothingSeen, type Progress } from '../../../ops/rotating/progress';

const id = '0a-1b';
const line = (members: Record<string, unknown>) =>
  JSON.stringify({ level: 'INFO', service: 's', connection: 'acme', requestId: id, ...members });
const error = line({ level: 'ERROR', message: 'no', code: 'ChainBroken' });
const report = `REPORT RequestId: ${id}\tDuration: 1.00 ms\t`;
const jsonReport = JSON.stringify({ type: 'platform.report', record: { requestId: id } });
const progressOf = (...lines: string[]): Progress =>
  lines
    .map(parseLogLine)
    .filter((parsed) => parsed !== undefined)
    .reduce(advance, nothingSeen);

describe('the progress of a rotation', () => {
  it('is over when the rotator says how it ended', () => {
    const finished = { outcome: 'rotated', expiresAt: '2026-11-24T09:00:00.000Z', versionId: 'v' };

    const progress = progressOf(line({ message: 'Rotation finished', ...finished }), report);

    expect(progress).toMatchObject({ failures: 0, finished });
    expect(isOver(progress)).toBe(true);
  });

  it('counts an attempt once, though the rotator and Lambda both tell of it', () => {
    const progress = progressOf(error, report, error, report);

    expect(progress).toMatchObject({ failures: 2, lastError: { code: 'ChainBroken' } });
    expect(isOver(progress)).toBe(false);
    expect(isOver(progressOf(error, report, error, report, error))).toBe(true);
  });

  it.each([
    [
      `2026-11-24T08:00:00.000Z ${id} Task timed out after 40.00 seconds`,
      'Task timed out after 40.00 seconds',
    ],
    [
      `RequestId: ${id} Error: Runtime exited with error: signal: killed`,
      'Runtime exited with error: signal: killed',
    ],
  ])('counts an attempt that Lambda cut off: %s', (text, message) => {
    expect(progressOf(text, report)).toMatchObject({ failures: 1, lastError: { message } });
    expect(progressOf(jsonReport)).toMatchObject({ failures: 1 });
  });

  it('leaves out what tells nothing more', () => {
    for (const text of [
      `START RequestId: ${id} Version: $LATEST`,
      `END RequestId: ${id}`,
      `2026-11-24T08:00:00.000Z\t${id}\tERROR\tInvoke Error \t{"errorType":"ChainBroken"}`,
      JSON.stringify({ type: 'platform.start', record: { requestId: id } }),
      JSON.stringify({ _aws: {}, Rotated: 1 }),
    ]) {
      expect(parseLogLine(text)).toBeUndefined();
    }
  });

  it('keeps the members that say something, on one line', () => {
    const parsed = parseLogLine(
      line({ message: 'a\n\u001b[2Jb', problem: 'HTTP 503', attempts: 2 }),
    );

    expect(parsed).toMatchObject({
      message: 'a [2Jb',
      fields: { problem: 'HTTP 503', attempts: 2 },
    });
  });
});
