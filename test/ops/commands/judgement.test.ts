import { Redacted } from '../../../lambda/core/redacted';
import type { StoredTokens } from '../../../lambda/core/tokenSet';
import { type ConnectionFacts, judge } from '../../../ops/commands/judgement';
import { known, unread } from '../../../ops/connection/reading';
import type { StoredToken } from '../../../ops/connection/secret';
import { minuteMs, startMs } from '../../support/simulatedClock';

const dayMs = 24 * 60 * minuteMs;

function stored(tokens: StoredTokens, createdAtMs = startMs): StoredToken {
  return {
    kind: 'stored',
    version: {
      versionId: 'v',
      stages: ['AWSCURRENT'],
      createdAtMs,
      tokens,
      text: new Redacted(''),
    },
  };
}

function issued({ issuedAtMs = startMs, expiresAtMs = startMs + 60 * minuteMs } = {}): StoredToken {
  const token = new Redacted('token');
  const tokenSet = { accessToken: token, refreshToken: token, issuedAtMs, expiresAtMs };
  return stored({ kind: 'issued', tokenSet });
}

const parameters = {
  hasConfig: true,
  clientSecretType: 'SecureString',
  stagedSecretType: undefined,
  hasEscrow: false,
};

const scheduled = {
  isEnabled: true,
  expression: 'rate(5 minutes)',
  targetArn: 'arn',
  groupId: 'acme',
  input: '{}',
};

const well: ConnectionFacts = {
  isFleet: false,
  name: 'acme',
  token: known(issued()),
  parameters: known(parameters),
  configProblem: undefined,
  schedule: known(scheduled),
  lastError: known(undefined),
};

const error = (code: string, atMs: number) =>
  known({ atMs, code, message: `It was ${code}.`, refusedTokens: new Set<string>() });

describe('judge', () => {
  it('is content with a fresh token and all that keeps it so', () => {
    expect(judge(well, startMs)).toEqual({ verdict: 'ok', reasons: [] });
  });

  const nowMs = startMs + 10 * minuteMs;
  it.each<[string, Partial<ConnectionFacts>, 'attention' | 'broken', RegExp]>([
    [
      'an expired token',
      { token: known(issued({ expiresAtMs: nowMs })) },
      'broken',
      /^The token expired just now|^The token expired in/,
    ],
    [
      'a token with less than 15 minutes left',
      { token: known(issued({ expiresAtMs: nowMs + 15 * minuteMs - 1 })) },
      'attention',
      /only 14 min left: see "npm run ops -- doctor acme"/,
    ],
    [
      'a connection that is not seeded',
      { token: known(stored({ kind: 'notSeeded' })) },
      'broken',
      /^It waits for its first refresh token: run "npm run ops -- seed acme"/,
    ],
    [
      'one that is seeded and waits for its first rotation',
      { token: known(stored({ kind: 'seeded', refreshToken: new Redacted('token') })) },
      'attention',
      /^Seeded 10 min ago and not rotated yet/,
    ],
    ['a missing secret', { token: known({ kind: 'noSecret' }) }, 'broken', /deploy the stack/],
    [
      'a secret that cannot be understood',
      { token: known({ kind: 'malformed', problem: 'is not JSON' }) },
      'broken',
      /The secret is not JSON: see "npm run ops -- recover acme"/,
    ],
    [
      'a secret that is scheduled for deletion',
      { token: known({ kind: 'deleted' }) },
      'broken',
      /aws secretsmanager restore-secret --secret-id sfmc\/acme\.$/,
    ],
    ['a token that could not be read', { token: unread('denied') }, 'attention', /not be read/],
    [
      'an escrow',
      { parameters: known({ ...parameters, hasEscrow: true }) },
      'attention',
      /parked in the escrow/,
    ],
    [
      'a staged secret',
      { parameters: known({ ...parameters, stagedSecretType: 'SecureString' }) },
      'attention',
      /npm run ops -- promote-secret acme/,
    ],
    [
      'a missing client secret',
      { parameters: known({ ...parameters, clientSecretType: undefined }) },
      'broken',
      /no client secret/,
    ],
    [
      'a missing config',
      { parameters: known({ ...parameters, hasConfig: false }) },
      'broken',
      /no config/,
    ],
    [
      'a config that is not valid',
      { configProblem: 'It is not JSON.' },
      'broken',
      /^It is not JSON\.$/,
    ],
    [
      'a client secret in the clear',
      { parameters: known({ ...parameters, clientSecretType: 'String' }) },
      'attention',
      /is a String.*delete \/sfmc\/acme\/client-secret, then at once run/,
    ],
    ['a missing schedule', { schedule: known(undefined) }, 'broken', /no schedule sfmc-acme/],
    [
      'a schedule that is off',
      { schedule: known({ ...scheduled, isEnabled: false }) },
      'broken',
      /schedule sfmc-acme is off/,
    ],
    [
      'an error since the last rotation',
      { lastError: error('ProviderUnavailable', startMs + 1) },
      'attention',
      /ProviderUnavailable: It was ProviderUnavailable\./,
    ],
    [
      'a chain that broke since the last rotation',
      { lastError: error('ChainBroken', startMs + 1) },
      'broken',
      /npm run ops -- recover acme/,
    ],
  ])('sees %s', (_, difference, verdict, reason) => {
    const judgement = judge({ ...well, ...difference }, nowMs);

    expect(judgement).toEqual({ verdict, reasons: [expect.stringMatching(reason)] });
  });

  it('is content with exactly 15 minutes left', () => {
    const token = known(issued({ expiresAtMs: nowMs + 15 * minuteMs }));

    expect(judge({ ...well, token }, nowMs).verdict).toBe('ok');
  });

  it.each([
    [600, 'ok'],
    [601, 'attention'],
  ])('judges a refresh token of %d days %s', (days, verdict) => {
    const issuedAtMs = nowMs - days * dayMs;
    const token = known(issued({ issuedAtMs, expiresAtMs: nowMs + 60 * minuteMs }));

    expect(judge({ ...well, token }, nowMs).verdict).toBe(verdict);
  });

  it('counts a seeded refresh token from when it was stored', () => {
    const tokens = { kind: 'seeded', refreshToken: new Redacted('token') } as const;
    const token = known(stored(tokens, nowMs - 650 * dayMs));

    const { reasons } = judge({ ...well, token }, nowMs);

    expect(reasons).toContainEqual(expect.stringContaining('650 days old and ends after 700'));
  });

  it('leaves an error alone that a rotation has followed', () => {
    const lastError = error('ChainBroken', startMs);

    expect(judge({ ...well, lastError }, nowMs).verdict).toBe('ok');
  });

  it('holds nothing against a connection that could not be looked at, except for its token', () => {
    const unknown = { parameters: unread(''), schedule: unread(''), lastError: unread('') };

    expect(judge({ ...well, ...unknown }, nowMs)).toEqual({ verdict: 'ok', reasons: [] });
  });

  it('gives the worst reason first', () => {
    const facts: ConnectionFacts = {
      ...well,
      parameters: known({ ...parameters, hasEscrow: true }),
      token: known(issued({ issuedAtMs: nowMs - 650 * dayMs, expiresAtMs: nowMs - minuteMs })),
    };

    const { verdict, reasons } = judge(facts, nowMs);

    expect(verdict).toBe('broken');
    expect(reasons.map((reason) => reason.slice(0, 17))).toEqual([
      'The token expired',
      'The refresh token',
      'A token set is pa',
    ]);
  });
});
