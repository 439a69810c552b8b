import { TokenReaderError } from './tokenReaderError';

/**
 * Refuses a misspelt option: it would otherwise be left out in silence.
 *
 * @throws TokenReaderError `InvalidOptions`, naming the option and those that there are.
 */
export function refuseUnknownOptions(
  options: unknown,
  caller: string,
  known: readonly string[],
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOptions(`${caller}: the options must be an object`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw invalidOptions(`${caller}: no option "${unknown}". Its options are: ${known.join(', ')}`);
}

/** The error `InvalidOptions`. */
export function invalidOptions(problem: string, connection?: string): TokenReaderError {
  return new TokenReaderError('InvalidOptions', connection, `${problem}.`);
}
