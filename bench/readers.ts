import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import secretsManager from '@middy/secrets-manager';
import { createTokenReader } from '../lambda/reader';

/** A library that gives a function the token set, set up as its documentation says. */
export interface ReaderSubject {
  readonly name: string;
  /** A new user of the secret, which is not in memory yet; each call gives the token set. */
  connect(connection: string): () => Promise<unknown>;
}

export const tokenReader: ReaderSubject = {
  name: 'sfmc-token-rotator/reader, get()',
  connect: (connection) => createTokenReader({ connection }).get,
};

/** Others, then ours. */
export const readerSubjects: readonly ReaderSubject[] = [
  {
    name: '@aws-lambda-powertools/parameters, getSecret()',
    connect: (connection) => () =>
      getSecret(`sfmc/${connection}`, { transform: 'json', maxAge: 3_600 }),
  },
  {
    // The hook alone: what middy's engine costs beside it is not the cache's.
    name: '@middy/secrets-manager, its before hook',
    connect(connection) {
      const { before } = secretsManager({
        fetchData: { tokens: `sfmc/${connection}` },
        cacheKey: connection,
        cacheExpiry: -1,
        setToContext: true,
      });
      const request = { event: {}, context: {}, internal: {} };
      return async () => {
        await before?.(request as never);
        return (request.context as { tokens?: unknown }).tokens;
      };
    },
  },
  tokenReader,
];
