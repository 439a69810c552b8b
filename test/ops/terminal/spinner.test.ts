import { PassThrough, Writable } from 'node:stream';
import { ConnectionProgress } from '../../../ops/terminal/spinner';
import { Terminal } from '../../../ops/terminal/terminal';

function prepare(isTTY: { readonly stdout: boolean; readonly stderr: boolean }) {
  const printed: string[] = [];
  const write = (chunk: Buffer, _: unknown, done: () => void) => {
    printed.push(chunk.toString());
    done();
  };
  const streams = {
    stdin: new PassThrough(),
    stdout: Object.assign(new PassThrough(), { isTTY: isTTY.stdout }),
    stderr: Object.assign(new Writable({ write }), { isTTY: isTTY.stderr }),
  };
  return { progress: new ConnectionProgress(new Terminal(streams, 'table', {})), printed };
}

function lookAt(progress: ConnectionProgress, total: number): void {
  for (let found = 5; found < total; found += 5) progress.found(found);
  progress.found(total);
  for (let n = 0; n < total; n += 1) progress.count();
  progress.stop();
}

describe('the progress of a look at many connections', () => {
  it.each([
    ['in a log', { stdout: false, stderr: false }],
    ['with its result piped on', { stdout: false, stderr: true }],
  ])('is a line for each thousand, %s', (_, isTTY) => {
    const { progress, printed } = prepare(isTTY);

    lookAt(progress, 2_503);

    expect(printed).toEqual([
      '1000 connections found\n',
      '2000 connections found\n',
      '1000 of 2503 connections\n',
      '2000 of 2503 connections\n',
    ]);
  });

  it.each([
    ['few', { stdout: true, stderr: true }, 5],
    ['less than a thousand without a terminal', { stdout: false, stderr: false }, 999],
  ])('is nothing of %s', (_, isTTY, total) => {
    const { progress, printed } = prepare(isTTY);

    lookAt(progress, total);

    expect(printed).toEqual([]);
  });
});
