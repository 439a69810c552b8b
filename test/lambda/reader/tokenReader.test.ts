import {
  createTokenReader,
  extensionSource,
  secretsManagerSource,
  TokenReaderError,
} from '../../../lambda/reader';
import { prepareReader, tokenSet } from './readerWorld';

/** As a caller without types gives them. */
const create = (options: unknown) => createTokenReader(options as never);

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('options', () => {
  it.each([
    [undefined, 'the options must be an object'],
    ['acme', 'the options must be an object'],
    [[], 'the options must be an object'],
    [
      { connection: 'acme', maxAge: 5 },
      'no option "maxAge". Its options are: connection, minRemainingSeconds, source, secretPrefix, fetch',
    ],
    [{}, 'connection must be 1 to 63 lower-case letters, digits or hyphens'],
    [{ connection: 7 }, 'connection must be'],
    [{ connection: 'acme', minRemainingSeconds: -1 }, 'minRemainingSeconds must be'],
    [{ connection: 'acme', minRemainingSeconds: 3_601 }, 'minRemainingSeconds must be'],
    [{ connection: 'acme', minRemainingSeconds: Number.NaN }, 'minRemainingSeconds must be'],
    [{ connection: 'acme', minRemainingSeconds: '300' }, 'minRemainingSeconds must be'],
    [{ connection: 'acme', source: null }, 'source must be'],
    [{ connection: 'acme', source: {} }, 'source must be'],
    [{ connection: 'acme', secretPrefix: 1 }, 'secretPrefix must be'],
    [{ connection: 'acme', fetch: 'node-fetch' }, 'fetch must be a function'],
  ])('such as %j are refused', (options, problem) => {
    const error = errorOf(() => create(options));

    expect(error).toBeInstanceOf(TokenReaderError);
    expect(error).toMatchObject({ name: 'TokenReaderError', code: 'InvalidOptions' });
    expect(String(error)).toContain(`createTokenReader: ${problem}`);
  });

  it.each(['', 'Acme', '-acme', 'a_b', 'a/b', 'a'.repeat(64), 'acme\n'])(
    'refuse the connection %j',
    (connection) => {
      expect(errorOf(() => create({ connection }))).toMatchObject({ code: 'InvalidOptions' });
    },
  );

  it.each(['a', '0', 'acme-eu-1', 'a'.repeat(63)])('take the connection %j', (connection) => {
    expect(create({ connection })).toMatchObject({ get: expect.any(Function) });
  });

  it('may be given as undefined', () => {
    const options = { minRemainingSeconds: undefined, source: undefined, secretPrefix: undefined };

    expect(create({ connection: 'acme', ...options })).toBeDefined();
  });

  it.each([
    [
      () => secretsManagerSource({ region: 'x' } as never),
      'secretsManagerSource: no option "region"',
    ],
    [() => extensionSource({ ttl: 1 } as never), 'extensionSource: no option "ttl"'],
    [() => extensionSource({ port: 0 }), 'extensionSource: port must be'],
    [() => extensionSource({ port: 2.5 }), 'extensionSource: port must be'],
    [() => extensionSource({ port: '2773' as never }), 'extensionSource: port must be'],
  ])('of a source are checked too (%#)', (act, problem) => {
    const error = errorOf(act);

    expect(error).toMatchObject({ code: 'InvalidOptions' });
    expect(String(error)).toContain(problem);
  });
});

it('may be taken apart', async () => {
  const { clock, stored, reader } = await prepareReader();
  stored.put(tokenSet('one', clock.now()));
  const { get } = reader;

  expect((await get()).accessToken).toBe('access-one');
});
