import { closeAfterTest } from './closing';

export type JsonLine = Record<string, unknown>;

/**
 * Catches what is written to standard output and error until the test ends. Returns what gives
 * the lines so far; a line that is no JSON object fails the test there.
 */
export function captureOutput(): () => JsonLine[] {
  let text = '';
  const write = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(write),
  );
  closeAfterTest(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return () =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
}
