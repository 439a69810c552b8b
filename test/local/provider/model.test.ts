import { seededIds } from '../../../local/provider/ids';
import {
  ProviderModel,
  type ProviderModelOptions,
  type TokenGrant,
  type TokenRequestFields,
} from '../../../local/provider/model';
import { secondUses } from '../../../local/provider/refreshTokens';
import { dayMs, minuteMs, secondMs } from './support';

const credentials = { clientId: 'id', clientSecret: 'secret' };
const unauthorized = {
  status: 401,
  body: { message: 'Unauthorized', errorcode: 1, documentation: '' },
};

function create(options: Partial<ProviderModelOptions> = {}) {
  const model = new ProviderModel({ ...credentials, nextId: seededIds(1), ...options });
  const seed = model.startChain('user', 0);
  const ask = (request: TokenRequestFields, nowMs = 0) =>
    model.requestToken({ ...credentials, ...request }, nowMs);
  const refresh = (refreshToken: string, nowMs = 0) =>
    ask({ refreshToken, accessType: 'offline' }, nowMs);
  const grant = (request: TokenRequestFields, nowMs = 0): TokenGrant => {
    const answer = ask(request, nowMs);
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    return answer.body;
  };
  const successor = (refreshToken: string, nowMs = 0): string => {
    const next = grant({ refreshToken, accessType: 'offline' }, nowMs).refreshToken;
    if (next === undefined) throw new Error('answered without a refresh token');
    return next;
  };
  return { model, seed, ask, refresh, grant, successor };
}

describe('a token request', () => {
  it.each([{ clientId: 'other' }, { clientSecret: 'other' }])(
    'with wrong credentials %p is refused and consumes nothing',
    (wrong) => {
      const { model, seed, ask } = create();

      const answer = ask({ ...wrong, refreshToken: seed, accessType: 'offline' });

      expect(answer).toEqual(unauthorized);
      expect(model.refreshTokenState(seed)).toEqual({ state: 'unused' });
    },
  );

  it.each([{ clientId: undefined }, { clientSecret: undefined }, { clientId: '' }])(
    'without credentials %p is a bad request',
    (missing) => {
      expect(create().ask(missing)).toMatchObject({
        status: 400,
        body: { message: 'clientId and clientSecret are required' },
      });
    },
  );

  it('with the staged client secret is granted while both are accepted', () => {
    const { model, grant } = create();

    model.clientSecrets.stage('staged', 0);

    expect(grant({ clientSecret: 'staged' }, 5 * minuteMs).accessToken).toBeDefined();
    expect(grant({}, 5 * minuteMs).accessToken).toBeDefined();
  });

  it('without a refresh token yields the package its own access token and no more', () => {
    const { model, grant } = create();

    const body = grant({});

    expect(body).toEqual({ accessToken: expect.any(String), expiresIn: 3600 });
    expect(model.accessTokenContext(body.accessToken)).toBe('client-credentials');
  });

  it('without a refresh token but offline begins a new chain', () => {
    const { model, seed, grant, successor } = create();

    const first = grant({ accessType: 'offline' }).refreshToken ?? '';

    successor(first);
    const [ofSeed, ofFirst, ofSuccessor] = model.refreshTokens();
    expect(ofSeed).toMatchObject({ token: seed, context: 'user', state: 'unused' });
    expect(ofFirst).toMatchObject({ token: first, context: 'client-credentials' });
    expect(ofFirst?.chain).not.toBe(ofSeed?.chain);
    expect(ofSuccessor?.chain).toBe(ofFirst?.chain);
  });

  it('yields a legacy token with legacy=1 only', () => {
    const { model, grant } = create();

    const { legacyToken = '' } = grant({ legacy: true });

    expect(model.isLegacyTokenValid(legacyToken, 0)).toBe(true);
    expect(model.isAccessTokenValid(legacyToken, 0)).toBe(false);
    expect(grant({})).not.toHaveProperty('legacyToken');
  });

  it('with a refresh token and a scope is refused and consumes nothing', () => {
    const { model, seed, ask } = create();

    expect(ask({ refreshToken: seed, accessType: 'offline', scope: '' })).toEqual(unauthorized);
    expect(model.refreshTokenState(seed)).toEqual({ state: 'unused' });
  });
});

describe('a refresh', () => {
  it('yields an access token in the context of the chain, and a successor', () => {
    const { model, seed, grant } = create();

    const body = grant({ refreshToken: seed, accessType: 'offline' }, 7);

    expect(model.accessTokenContext(body.accessToken)).toBe('user');
    expect(model.refreshTokenState(body.refreshToken ?? '')).toEqual({ state: 'unused' });
    expect(model.refreshTokenState(seed)).toEqual({
      state: 'used',
      firstUsedAtMs: 7,
      successors: [body.refreshToken],
    });
  });

  it('with an unknown token is refused', () => {
    const { model, refresh } = create();

    expect(refresh('never issued')).toEqual(unauthorized);
    expect(model.refreshTokenState('never issued')).toEqual({ state: 'unknown' });
  });

  it('without offline consumes the token and yields no successor until asked offline', () => {
    const { model, seed, grant, successor } = create();

    expect(grant({ refreshToken: seed })).not.toHaveProperty('refreshToken');
    expect(model.refreshTokenState(seed)).toMatchObject({ state: 'used', successors: [] });
    expect(model.accepts(successor(seed), 0)).toBe(true);
  });

  it.each(secondUses)(
    'is granted again for five minutes from the first use, then refused (%s)',
    (secondUse) => {
      const { model, seed, refresh } = create({ secondUse });
      const firstUseMs = 10 * dayMs;

      expect(refresh(seed, firstUseMs).status).toBe(200);
      expect(refresh(seed, firstUseMs + 4 * minuteMs).status).toBe(200);
      expect(refresh(seed, firstUseMs + 5 * minuteMs - 1).status).toBe(200);
      expect(model.accepts(seed, firstUseMs + 5 * minuteMs)).toBe(false);
      expect(refresh(seed, firstUseMs + 5 * minuteMs)).toEqual(unauthorized);
    },
  );

  it('is granted up to 700 days from issue', () => {
    const { model, seed, refresh } = create();

    expect(model.accepts(seed, 700 * dayMs - 1)).toBe(true);
    expect(model.accepts(seed, 700 * dayMs)).toBe(false);
    expect(refresh(seed, 700 * dayMs)).toEqual(unauthorized);
    expect(model.refreshTokenState(seed)).toEqual({ state: 'unused' });
  });

  it('counts the 700 days of a successor from its own issue', () => {
    const { model, seed, successor } = create();

    const next = successor(seed, 600 * dayMs);

    expect(model.accepts(next, 1300 * dayMs - 1)).toBe(true);
  });
});

describe('a second use within five minutes', () => {
  it('returns the same successor and another access token (same-successor)', () => {
    const { seed, grant } = create({ secondUse: 'same-successor' });
    const again = { refreshToken: seed, accessType: 'offline' };

    const [first, second] = [grant(again), grant(again)];

    expect(second.refreshToken).toBe(first.refreshToken);
    expect(second.accessToken).not.toBe(first.accessToken);
  });

  it('returns another successor, both valid (another-successor)', () => {
    const { model, seed, successor } = create({ secondUse: 'another-successor' });

    const [first, second] = [successor(seed), successor(seed)];

    expect(second).not.toBe(first);
    expect([first, second].map((token) => model.accepts(token, 0))).toEqual([true, true]);
    expect(model.refreshTokenState(seed)).toMatchObject({ successors: [first, second] });
  });

  it('revokes the first successor and all its descendants (revokes-first)', () => {
    const { model, seed, successor, refresh } = create({ secondUse: 'revokes-first' });
    const child = successor(seed);
    const grandchild = successor(child);
    const greatGrandchild = successor(grandchild);

    const second = successor(seed);

    for (const revoked of [child, grandchild, greatGrandchild]) {
      expect(model.refreshTokenState(revoked)).toEqual({ state: 'revoked' });
      expect(refresh(revoked)).toEqual(unauthorized);
    }
    expect(model.accepts(second, 0)).toBe(true);
    expect(model.accepts(seed, 0)).toBe(true);
  });

  it('revokes the second successor at the third use (revokes-first)', () => {
    const { model, seed, successor } = create({ secondUse: 'revokes-first' });

    const [, second, third] = [successor(seed), successor(seed), successor(seed)];

    expect([second, third].map((token) => model.accepts(token, 0))).toEqual([false, true]);
  });

  it('revokes even if it does not ask for a successor itself (revokes-first)', () => {
    const { model, seed, successor, grant } = create({ secondUse: 'revokes-first' });
    const first = successor(seed);

    grant({ refreshToken: seed });

    expect(model.refreshTokenState(first)).toEqual({ state: 'revoked' });
  });

  it('follows a setting that is changed in between, never handing out a revoked token', () => {
    const { model, seed, successor } = create({ secondUse: 'revokes-first' });
    const [, second] = [successor(seed), successor(seed)];

    model.secondUse = 'same-successor';

    expect(successor(seed)).toBe(second);
  });
});

describe('revokeChain', () => {
  it('revokes every token of that chain, and of no other', () => {
    const { model, seed, successor, refresh } = create();
    const next = successor(seed);
    const other = model.startChain('client-credentials', 0);

    model.revokeChain(next);

    expect(refresh(seed)).toEqual(unauthorized);
    expect(refresh(next)).toEqual(unauthorized);
    expect(model.accepts(other, 0)).toBe(true);
  });

  it('does nothing for an unknown token', () => {
    const { model, seed } = create();

    model.revokeChain('never issued');

    expect(model.accepts(seed, 0)).toBe(true);
  });
});

describe('an access token', () => {
  it('is valid for an hour', () => {
    const { model, grant } = create();

    const { accessToken } = grant({}, secondMs);

    expect(model.isAccessTokenValid(accessToken, 3601 * secondMs - 1)).toBe(true);
    expect(model.isAccessTokenValid(accessToken, 3601 * secondMs)).toBe(false);
    expect(model.isAccessTokenValid('never issued', 0)).toBe(false);
    expect(model.accessTokenContext('never issued')).toBeUndefined();
  });

  it.each([false, true])(
    'ends the previous one early only if so set: %p',
    (newTokenEndsPrevious) => {
      const { model, grant } = create({ newTokenEndsPrevious });
      const { accessToken, legacyToken = '' } = grant({ legacy: true }, 0);

      const newer = grant({}, secondMs).accessToken;

      expect(model.isAccessTokenValid(accessToken, secondMs)).toBe(!newTokenEndsPrevious);
      expect(model.isLegacyTokenValid(legacyToken, secondMs)).toBe(!newTokenEndsPrevious);
      expect(model.isAccessTokenValid(newer, secondMs)).toBe(true);
    },
  );
});

it('answers alike for the same seed and the same requests', () => {
  const run = () => {
    const { model, seed, successor } = create();
    successor(successor(seed));
    return model.refreshTokens();
  };

  expect(run()).toEqual(run());
});
