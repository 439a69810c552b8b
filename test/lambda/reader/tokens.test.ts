import { inspect } from 'node:util';
import type { Tokens } from '../../../lambda/reader';
import { prepareReader, tokenSet } from './readerWorld';

async function prepareTokens(members: object = {}): Promise<Tokens> {
  const { clock, stored, reader } = await prepareReader();
  stored.put(JSON.stringify(tokenSet('one', clock.now(), members)));
  return reader.get();
}

const expected = {
  accessToken: 'access-one',
  legacyToken: 'legacy-one',
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
  restBaseUrl: 'https://tenant.rest.marketingcloudapis.com',
};

it('has all members of the secret but the refresh token, unknown ones too', async () => {
  const tokens = await prepareTokens({ region: 'eu', limits: { daily: 5 } });

  expect({ ...tokens }).toEqual({ ...expected, region: 'eu', limits: { daily: 5 } });
  expect(JSON.parse(JSON.stringify(tokens))).toEqual({ ...tokens });
});

it('cannot be changed by one caller under another', async () => {
  const tokens = await prepareTokens();

  expect(Object.isFrozen(tokens)).toBe(true);
});

it('shows no token when it is printed', async () => {
  const tokens = await prepareTokens({ other: 'unknown-one' });

  const printed = [
    inspect(tokens),
    inspect({ deep: [tokens] }),
    inspect(tokens, { showHidden: true, depth: null }),
  ].join('\n');

  expect(printed).toContain('[Tokens valid until 2026-11-24T09:00:00.000Z]');
  expect(printed).not.toMatch(/(?:access|legacy|refresh|unknown)-one/);
});

it('lacks what the secret has as null, as other languages write what they do not have', async () => {
  const tokens = await prepareTokens({ legacyToken: null, restBaseUrl: null, soapBaseUrl: null });

  expect(Object.keys(tokens)).toEqual(['accessToken', 'issuedAt', 'expiresAt']);
});

it.each(['\uFEFF', '\uFEFF\uFEFF', '\r\n\uFEFF'])(
  'is read behind a byte order mark, which PowerShell writes: %j',
  async (mark) => {
    const { clock, stored, reader } = await prepareReader();
    stored.put(`${mark}${JSON.stringify(tokenSet('one', clock.now()))}\r\n`);

    expect(await reader.get()).toMatchObject({ accessToken: 'access-one' });
  },
);

it('may lack what the rotator does not always know', async () => {
  const tokens = await prepareTokens({ legacyToken: undefined, restBaseUrl: undefined });

  expect(Object.keys(tokens)).toEqual(['accessToken', 'issuedAt', 'expiresAt']);
});

it.each(['refresh_token', 'RefreshToken', 'refresh-token'])(
  'has no refresh token either that a person has spelled %s, and knows it for a seed',
  async (name) => {
    const { clock, stored, reader } = await prepareReader();
    stored.put(JSON.stringify({ [name]: 'refresh-one' }));
    await expect(reader.get()).rejects.toThrow('is seeded and holds no access token yet');

    stored.put(JSON.stringify({ ...tokenSet('one', clock.now()), [name]: 'refresh-two' }));

    expect(JSON.stringify(await reader.get())).not.toContain('refresh');
  },
);

it.each(['{}', '{"refreshToken":""}', '{"refresh_token":null}'])(
  'is not seeded if the secret holds %s',
  async (text) => {
    const { stored, reader } = await prepareReader();
    stored.put(text);

    await expect(reader.get()).rejects.toThrow('is not seeded');
  },
);
