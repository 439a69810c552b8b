// The attribute lets the types be read from CommonJS modules too, as middy is an ES module.
import type middy from '@middy/core' with { 'resolution-mode': 'import' };
import {
  createTokenReader,
  type TokenReader,
  TokenReaderError,
  type TokenReaderOptions,
  type Tokens,
} from './index';

export interface TokensOptions extends Omit<TokenReaderOptions, 'connection'> {
  /** The connection whose token set is wanted, by the name to give it on the context. */
  readonly fetchData: Readonly<Record<string, string>>;
  /** `false` leaves the token sets to `getInternal`, for other middlewares. @default true */
  readonly setToContext?: boolean | undefined;
  /**
   * `true` reads at the first invocation instead of during the start. So it is in any case with
   * the extension, which cannot be asked before. @default false
   */
  readonly disablePrefetch?: boolean | undefined;
}

/** The handler's context, with a token set for each name. */
export type TokensContext<O extends TokensOptions> = middy.Request['context'] &
  (O extends { readonly setToContext: false }
    ? unknown
    : { readonly [Name in keyof O['fetchData']]: Tokens });

/** What other middlewares find in `request.internal`. */
export type TokensInternal<O extends TokensOptions> = {
  [Name in keyof O['fetchData']]: Promise<Tokens>;
};

/** The middleware, and the readers behind it. */
export interface TokensMiddleware<O extends TokensOptions>
  extends middy.MiddlewareObj<unknown, unknown, Error, TokensContext<O>, TokensInternal<O>> {
  /** For a handler that calls by `fetch`, or was refused and needs `get({ fresh: true })`. */
  readonly readers: { readonly [Name in keyof O['fetchData']]: TokenReader };
}

const optionNames = [
  ...['fetchData', 'setToContext', 'disablePrefetch'],
  ...['minRemainingSeconds', 'source', 'secretPrefix', 'fetch'],
];

/**
 * A middy middleware that puts token sets on the context before the handler runs. If one cannot
 * be had, the invocation fails with the reader's error and the handler does not run.
 *
 * @throws TokenReaderError `InvalidOptions`
 */
export function tokens<const O extends TokensOptions>(options: O): TokensMiddleware<O> {
  const readers = readersOf(options);
  const { setToContext = true, disablePrefetch = false, source } = options;
  if (!disablePrefetch && !source?.onlyDuringInvocations) {
    // What fails now is read again by the first invocation, which then throws the error.
    for (const [, reader] of readers) reader.get().catch(() => {});
  }
  return {
    // The compiler does not see that the names are those of `fetchData`.
    readers: Object.fromEntries(readers) as TokensMiddleware<O>['readers'],
    async before({ internal, context }) {
      const names = readers.map(([name]) => name);
      const reads = readers.map(([, reader]) => reader.get());
      // Another middleware may ask for it later or never: nobody else would handle a failure.
      for (const read of reads) read.catch(() => {});
      Object.assign(internal, Object.fromEntries(names.map((name, at) => [name, reads[at]])));
      if (!setToContext) return;
      const values = await Promise.all(reads);
      Object.assign(context, Object.fromEntries(names.map((name, at) => [name, values[at]])));
    },
  };
}

function readersOf(options: TokensOptions): [name: string, reader: TokenReader][] {
  const unknown = Object.keys(options ?? {}).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) {
    throw invalidOptions(`no option "${unknown}". Its options are: ${optionNames.join(', ')}`);
  }
  const { fetchData, setToContext, disablePrefetch, ...readerOptions } = options ?? {};
  if (typeof fetchData !== 'object' || fetchData === null || Object.keys(fetchData).length === 0) {
    throw invalidOptions('fetchData must name connections, such as { sfmc: "CONNECTION" }');
  }
  for (const [name, value] of Object.entries({ setToContext, disablePrefetch })) {
    if (value !== undefined && typeof value !== 'boolean') {
      throw invalidOptions(`${name} must be true or false`);
    }
  }
  return Object.entries(fetchData).map(([name, connection]) => [
    name,
    createTokenReader({ ...readerOptions, connection }),
  ]);
}

function invalidOptions(problem: string): TokenReaderError {
  return new TokenReaderError('InvalidOptions', undefined, `tokens: ${problem}.`);
}
