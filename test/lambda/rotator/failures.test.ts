import { chainBroken, failure } from '../../../lambda/rotator/failures';
import { minuteMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';
import {
  factsOf,
  fingerprintsOf,
  firstSecret,
  issued,
  parametersOf,
  seeded,
  stagedSecret,
  versionOf,
} from '../core/facts';

describe('NotSeeded', () => {
  it('names connection and secret, and the command that seeds it', async () => {
    const run = (await startSeededWorld()).run();

    const error = failure(run, { do: 'fail', code: 'NotSeeded' }, factsOf());

    expect(error).toMatchObject({
      name: 'NotSeeded',
      message:
        'Connection "acme": the secret sfmc/acme holds no refresh token yet. Store the first ' +
        'one: npm run ops -- seed acme',
    });
  });
});

describe('CredentialsRejected', () => {
  it('names the parameters of the secret and of the client id, and what to store', async () => {
    const run = (await startSeededWorld()).run();

    const error = failure(run, { do: 'fail', code: 'CredentialsRejected' }, factsOf());

    expect(error).toMatchObject({
      name: 'CredentialsRejected',
      message:
        'Connection "acme": the provider refuses the client secret in /sfmc/acme/client-secret ' +
        "for the clientId in /sfmc/acme/config. No refresh token was lost. Store the package's " +
        'present client secret: npm run ops -- stage-secret acme; the next invocation takes it up.',
    });
  });

  it('names the staged secret as well where there is one', async () => {
    const run = (await startSeededWorld()).run();
    const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });

    const error = failure(
      run,
      { do: 'fail', code: 'CredentialsRejected' },
      factsOf({ parameters }),
    );

    expect(error.message).toContain(
      'refuses the client secrets in /sfmc/acme/client-secret and /sfmc/acme/client-secret-next',
    );
  });
});

describe('ChainBroken', () => {
  it('names the refused tokens by fingerprint, since when, and the command that mends it', async () => {
    const run = (await startSeededWorld()).run();
    const refusedTokens = fingerprintsOf('current', 'previous');
    const [current, previous] = refusedTokens;

    const error = failure(run, { do: 'fail', code: 'ChainBroken' }, factsOf({ refusedTokens }));

    expect(error).toMatchObject({
      name: 'ChainBroken',
      message:
        'Connection "acme": the provider accepts the client credentials and none of the stored ' +
        'refresh tokens since 2026-11-24T08:00:00.000Z. The stored one was issued at ' +
        `2026-11-24T07:30:00.000Z. Refused (SHA-256): ${current}, ${previous}. None of them is ` +
        'sent again. What to do, step by step: npm run ops -- recover acme',
    });
  });

  it('keeps saying since when it was found', async () => {
    const world = await startSeededWorld();
    const first = chainBroken(world.run(), factsOf());
    world.clock.advance(90 * minuteMs);

    const later = chainBroken(world.run(), factsOf());

    expect(later.message).toBe(first.message);
  });

  it('says nothing of a time of issue where nothing is stored', async () => {
    const run = (await startSeededWorld()).run();

    const error = chainBroken(run, factsOf({ current: versionOf({ kind: 'notSeeded' }) }));

    expect(error.message).toContain('08:00:00.000Z. Refused (SHA-256): none.');
  });
});

it.each([
  ['NotSeeded', 'the secret team/acme '],
  ['CredentialsRejected', ' /team/sfmc/acme/client-secret '],
] as const)('%s follows the prefixes that are set', async (code, name) => {
  const world = await startSeededWorld();
  const prefixes = { secretPrefix: 'team/', parameterPrefix: '/team/sfmc/' };
  const run = world.run({ settings: { ...world.invocation().settings, ...prefixes } });

  const error = failure(run, { do: 'fail', code }, factsOf());

  expect(error.message).toContain(name);
});

it.each([
  ['a first refresh token', seeded('canary-token')],
  ['a token set', issued('canary-token')],
])('no failure holds the tokens of %s', async (_, content) => {
  const run = (await startSeededWorld()).run();
  const facts = factsOf({
    current: versionOf(content),
    refusedTokens: fingerprintsOf('canary-token'),
  });

  const errors = (['NotSeeded', 'CredentialsRejected', 'ChainBroken'] as const).map((code) =>
    failure(run, { do: 'fail', code }, facts),
  );

  expect(errors.map(String).join('\n')).not.toMatch(/canary|first secret/);
});
