import { connectionNamePattern, connectionNameRule, defaultSecretPrefix } from '../core/names';
import { createApiFetch } from './apiFetch';
import { invalidOptions, refuseUnknownOptions } from './options';
import { secretsManagerSource } from './secretsManagerSource';
import { createSoapFetch } from './soapFetch';
import { createTokenMemory } from './tokenMemory';
import type { TokenSource } from './tokenSource';
import type { Tokens } from './tokens';

/** All but the connection have a default. */
export interface TokenReaderOptions {
  /** The connection's name. */
  readonly connection: string;
  /** With less of its life left, a token in memory is looked up again; 0 to 3600. @default 300 */
  readonly minRemainingSeconds?: number | undefined;
  /** @default secretsManagerSource() */
  readonly source?: TokenSource | undefined;
  /** What stands before the connection in the secret's name. @default 'sfmc/' */
  readonly secretPrefix?: string | undefined;
  /** What sends the calls. @default the global `fetch` as it is when a call is made */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Reads one connection's token set, keeps it in memory, and calls the APIs with it. */
export interface TokenReader {
  /**
   * The connection's token set. From memory while enough of its life is left, else by one read,
   * which simultaneous callers share. A token that is still valid is served although little of its
   * life is left, and although the secret cannot be read within a second.
   *
   * With `fresh: true` the secret is read whatever is in memory, by one read for any number of
   * callers at once; if that fails, so does the call, and the memory is left as it is.
   *
   * @throws TokenReaderError `NotSeeded`, `TokenExpired`, `SecretUnreadable`
   */
  get(options?: { readonly fresh?: boolean | undefined }): Promise<Tokens>;
  /**
   * Lets the next `get` read the secret, after a token was refused to somebody else.
   * With the refused token set given, nothing is done if a newer one is in memory already. While
   * the secret cannot be read, `get` goes on serving a token that is still valid.
   */
  invalidate(refused?: Pick<Tokens, 'accessToken'>): void;
  /**
   * Calls the REST interface as the global `fetch` does, with a path such as
   * `/platform/v1/tokenContext`. A 401 is followed by one read of the secret and, unless the body
   * was a stream, by one repetition; whatever that answers is returned.
   *
   * @throws TokenReaderError as `get` does, and `InvalidPath`, `NoRestBaseUrl`
   */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /**
   * Calls the SOAP interface: `action` is such as `Retrieve`, and `body` what goes into `soap:Body`.
   * A fault for an expired or invalid token is followed as `fetch` follows a 401. No redirect is
   * followed.
   *
   * @throws TokenReaderError as `get` does, and `NoLegacyToken`, `NoSoapBaseUrl`
   */
  soapFetch(
    action: string,
    body: string,
    init?: Omit<RequestInit, 'body' | 'method' | 'redirect'>,
  ): Promise<Response>;
}

const optionNames = ['connection', 'minRemainingSeconds', 'source', 'secretPrefix', 'fetch'];

/**
 * A reader of one connection's token. Make it once, outside the handler: it is the memory.
 *
 * @throws TokenReaderError `InvalidOptions`
 */
export function createTokenReader(options: TokenReaderOptions): TokenReader {
  refuseUnknownOptions(options, 'createTokenReader', optionNames);
  const {
    connection,
    minRemainingSeconds = 300,
    source = secretsManagerSource(),
    secretPrefix = defaultSecretPrefix,
    fetch = (...request) => globalThis.fetch(...request),
  } = options;
  if (typeof connection !== 'string' || !connectionNamePattern.test(connection)) {
    throw invalidOptions(
      `createTokenReader: connection ${connectionNameRule}`,
      typeof connection === 'string' ? connection : undefined,
    );
  }
  const refuse = (problem: string) => invalidOptions(`createTokenReader: ${problem}`, connection);
  const isLife = minRemainingSeconds >= 0 && minRemainingSeconds <= 3_600;
  if (typeof minRemainingSeconds !== 'number' || !isLife) {
    throw refuse('minRemainingSeconds must be a number from 0 to 3600');
  }
  if (typeof source?.read !== 'function') {
    throw refuse('source must be a source, such as secretsManagerSource()');
  }
  if (typeof secretPrefix !== 'string') throw refuse('secretPrefix must be a text');
  if (typeof fetch !== 'function') throw refuse('fetch must be a function');

  const secretId = `${secretPrefix}${connection}`;
  const memory = createTokenMemory(connection, secretId, source, minRemainingSeconds * 1_000);
  const { get, invalidate } = memory;
  return {
    get,
    invalidate,
    fetch: createApiFetch(connection, memory, fetch),
    soapFetch: createSoapFetch(connection, memory, fetch),
  };
}
