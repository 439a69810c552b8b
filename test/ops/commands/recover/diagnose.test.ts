import type { HeldTokenSet } from '../../../../lambda/core/held';
import { Redacted } from '../../../../lambda/core/redacted';
import type { StoredTokens, TokenSet } from '../../../../lambda/core/tokenSet';
import { diagnose } from '../../../../ops/commands/recover/diagnose';
import { explain } from '../../../../ops/commands/recover/explain';
import type { ChainFacts, FoundVersion } from '../../../../ops/commands/recover/facts';

const nowMs = Date.UTC(2026, 10, 24, 8);
const minuteMs = 60_000;

function tokenSet(name: string, ageMs: number): TokenSet {
  return {
    accessToken: new Redacted(`access-${name}`),
    refreshToken: new Redacted(name),
    issuedAtMs: nowMs - ageMs,
    expiresAtMs: nowMs - ageMs + 60 * minuteMs,
  };
}
/** What the escrow holds, which came of a refresh token if that is named. */
const held = (name: string, ageMs: number, parent?: string): HeldTokenSet[] => [
  {
    tokenSet: tokenSet(name, ageMs),
    open: false,
    sent: false,
    parent: parent && new Redacted(parent).fingerprint,
  },
];
const issued = (name: string, ageMs: number): StoredTokens => ({
  kind: 'issued',
  tokenSet: tokenSet(name, ageMs),
});
const version = (
  versionId: string,
  tokens: StoredTokens | undefined,
  stages: string[] = [],
): FoundVersion => ({
  versionId,
  stages,
  createdAtMs: nowMs - 60 * minuteMs,
  tokens,
  text: new Redacted(`text of ${versionId}`),
  isTried: true,
});
const current = (tokens: StoredTokens | undefined) => version('current', tokens, ['AWSCURRENT']);
const refused = (...names: string[]) =>
  new Set(names.map((name) => new Redacted(name).fingerprint));
const lastError = (code: string, ageMs = minuteMs) => ({
  atMs: nowMs - ageMs,
  code,
  message: 'said.',
  refusedTokens: new Set<string>(),
});

function findings(changes: Partial<ChainFacts>): ChainFacts {
  return {
    connection: 'acme',
    nowMs,
    secretId: 'sfmc/acme',
    config: { authBaseUrl: 'https://a', clientId: 'id', onBrokenChain: 'alarm' },
    secret: 'there',
    versions: [current(issued('one', 10 * minuteMs))],
    escrow: undefined,
    clientSecrets: [{ parameter: '/sfmc/acme/client-secret', verdict: 'not asked' }],
    refused: new Set(),
    askedAgain: 'not yet',
    lastError: undefined,
    unknown: [],
    ...changes,
  };
}
const expired = [current(issued('one', 90 * minuteMs))];

describe('the diagnosis of a chain', () => {
  it.each<[string, Partial<ChainFacts>, object, string | undefined]>([
    ['nothing is wrong', {}, { kind: 'ok' }, undefined],
    [
      'an error before the last rotation is past',
      { lastError: lastError('ChainBroken', 20 * minuteMs) },
      { kind: 'ok' },
      undefined,
    ],
    ['there is no secret', { secret: 'missing', versions: [] }, { kind: 'noSecret' }, undefined],
    [
      'the secret is scheduled for deletion',
      { secret: 'deleted', versions: [] },
      { kind: 'deleted' },
      'aws secretsmanager restore-secret --secret-id sfmc/acme',
    ],
    [
      'nothing was ever seeded',
      { versions: [current({ kind: 'notSeeded' })] },
      { kind: 'notSeeded' },
      'npm run ops -- seed acme --jwt',
    ],
    [
      'the client secret is not stored',
      { clientSecrets: [] },
      { kind: 'clientSecretMissing' },
      'npm run ops -- seed acme',
    ],
    [
      'a token set that came of the present one waits in the escrow, beside a valid one',
      { escrow: held('two', minuteMs, 'one') },
      { kind: 'parked', where: 'the escrow' },
      'npm run ops -- rotate acme --force',
    ],
    [
      'one of an unknown origin waits there that is newer, beside an expired one',
      { versions: expired, escrow: held('two', minuteMs) },
      { kind: 'parked', where: 'the escrow' },
      'npm run ops -- rotate acme',
    ],
    [
      'a rival of the present one is parked',
      { escrow: held('rival', minuteMs, 'before') },
      { kind: 'ok' },
      undefined,
    ],
    [
      'a parked one that is refused is no better',
      { escrow: held('bad', minuteMs, 'one'), refused: refused('bad') },
      { kind: 'ok' },
      undefined,
    ],
    [
      'AWSCURRENT holds nothing and another version does',
      {
        versions: [current({ kind: 'notSeeded' }), version('x', issued('one', 30 * minuteMs))],
      },
      { kind: 'parked', where: 'the version x' },
      'npm run ops -- rotate acme',
    ],
    [
      'the function met a refused client secret',
      { lastError: lastError('CredentialsRejected') },
      { kind: 'clientSecretRefused' },
      'npm run ops -- stage-secret acme',
    ],
    [
      'Marketing Cloud refuses the client secret',
      { versions: expired, clientSecrets: [{ parameter: 'p', verdict: 'refused' }] },
      { kind: 'clientSecretRefused' },
      'npm run ops -- stage-secret acme',
    ],
    [
      'Marketing Cloud takes the staged client secret',
      {
        lastError: lastError('CredentialsRejected'),
        clientSecrets: [
          { parameter: 'p', verdict: 'refused' },
          { parameter: 'next', verdict: 'accepted' },
        ],
      },
      { kind: 'ok' },
      undefined,
    ],
    [
      'the last rotation failed for a reason outside the chain',
      { lastError: lastError('ProviderUnavailable') },
      { kind: 'failing' },
      'npm run ops -- doctor acme',
    ],
    [
      'the token has expired and nobody has tried its refresh token',
      { versions: expired },
      { kind: 'untried', fingerprints: [...refused('one')] },
      'npm run ops -- rotate acme --force',
    ],
    [
      'another version holds a refresh token that was not refused',
      {
        versions: [...expired, version('previous', issued('older', 95 * minuteMs))],
        refused: refused('one'),
      },
      { kind: 'untried', fingerprints: [...refused('older')] },
      'npm run ops -- rotate acme --force',
    ],
    [
      'all are refused: they are asked about again before anybody logs in',
      {
        versions: [
          ...expired,
          version('seeded', { kind: 'seeded', refreshToken: new Redacted('s') }),
        ],
        refused: refused('one', 's'),
        lastError: lastError('ChainBroken'),
      },
      { kind: 'broken', isReissuedByFunction: false },
      'npm run ops -- rotate acme --force',
    ],
    [
      'all are refused though the access token is still valid',
      { refused: refused('one'), lastError: lastError('ChainBroken') },
      { kind: 'broken' },
      'npm run ops -- rotate acme --force',
    ],
    [
      'all are refused, and were asked about again',
      { versions: expired, refused: refused('one'), askedAgain: 'refused' },
      { kind: 'broken' },
      'npm run ops -- seed acme --replace --jwt',
    ],
    [
      'all are refused and the function may ask for a new chain',
      {
        versions: expired,
        refused: refused('one'),
        config: { authBaseUrl: 'https://a', clientId: 'id', onBrokenChain: 'reissue' },
      },
      { kind: 'broken', isReissuedByFunction: true },
      'npm run ops -- rotate acme --force',
    ],
    [
      'AWSCURRENT cannot be understood and another version can',
      { versions: [current(undefined), version('good', issued('one', minuteMs))] },
      { kind: 'malformed', goodVersionId: 'good' },
      'aws secretsmanager update-secret-version-stage --secret-id sfmc/acme --version-stage ' +
        'AWSCURRENT --remove-from-version-id current --move-to-version-id good',
    ],
    [
      'no version can be understood',
      { versions: [current(undefined)] },
      { kind: 'malformed', goodVersionId: undefined },
      'npm run ops -- seed acme --replace --jwt',
    ],
  ])('%s', (_name, changes, expected, command) => {
    const found = findings(changes);

    const diagnosis = diagnose(found);

    expect(diagnosis).toMatchObject(expected);
    const { text, commands } = explain(diagnosis, found);
    expect(text).toMatch(/[.:]$/);
    if (diagnosis.kind !== 'noSecret') expect(commands[0]).toBe(command);
  });
});

describe('the explanation', () => {
  const explained = (changes: Partial<ChainFacts>) => {
    const found = findings(changes);
    return explain(diagnose(found), found);
  };

  it('of a broken chain says when its tokens are asked about again, and what comes after that', () => {
    const { text, commands } = explained({ versions: expired, refused: refused('one') });

    expect(text).toMatch(
      /asks about them again every 20 minutes\..*If it stays so: .*logs in again/,
    );
    expect(commands.slice(1)).toEqual([
      'npm run ops -- seed acme --replace --jwt',
      'npm run ops -- seed acme --replace',
    ]);
  });

  it.each([
    ['refused', 'has just done so again'],
    ['unanswered', 'waits in the queue'],
  ] as const)(
    'of one that was asked about again says what came of it: %s',
    (askedAgain, expected) => {
      const { text } = explained({ versions: expired, refused: refused('one'), askedAgain });

      expect(text).toContain(expected);
    },
  );

  it.each([
    ['SFMC_OPEN', /used? it once more|uses it once more/],
    ['SFMC_SENT', /may have been sent/],
  ])('of a whole chain shows what %s says', (label, expected) => {
    const versions = [version('current', issued('one', minuteMs), ['AWSCURRENT', label])];

    expect(explained({ versions }).text).toMatch(expected);
  });
});
