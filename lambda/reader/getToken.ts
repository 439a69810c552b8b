import { createTokenReader, type TokenReader } from './tokenReader';
import type { Tokens } from './tokens';

/** Each connection's reader, made at the first call for it. */
const readers = new Map<string, TokenReader>();

/**
 * A connection's token set by its name alone, from Secrets Manager or from memory, as {@link
 * TokenReader.get} gives it. All calls for a connection share one reader with the usual options.
 *
 * @throws TokenReaderError `InvalidOptions`, and as `get` does
 */
export async function getToken(
  connection: string,
  options?: { readonly fresh?: boolean | undefined },
): Promise<Tokens> {
  const reader = readers.get(connection) ?? createTokenReader({ connection });
  readers.set(connection, reader);
  return reader.get(options);
}
