import { chainBroken, failure, followUpNotSent } from '../../../lambda/rotator/failures';
import { LeftToNextMessage } from '../../../lambda/rotator/leave';
import { minuteMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';
import {
  factsOf,
  fingerprint,
  firstSecret,
  issued,
  notSeeded,
  parametersOf,
  refusing,
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
  const rejected = { do: 'fail', code: 'CredentialsRejected' } as const;

  it('names the parameters of the secret and of the client id, what was said, and what to store', async () => {
    const run = (await startSeededWorld()).run();
    const facts = factsOf({ lastRefusal: 'HTTP 401, errorcode 1' });

    const error = failure(run, rejected, facts);

    expect(error).toMatchObject({
      name: 'CredentialsRejected',
      message:
        'Connection "acme": Marketing Cloud refuses the client secret in /sfmc/acme/client-secret ' +
        'for the clientId in /sfmc/acme/config: HTTP 401, errorcode 1. No refresh token was lost. ' +
        "Store the package's present client secret: npm run ops -- stage-secret acme; the next " +
        'invocation takes it up.',
    });
  });

  it('names the staged secret as well if there is one', async () => {
    const run = (await startSeededWorld()).run();
    const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });

    const error = failure(run, rejected, factsOf({ parameters }));

    expect(error.message).toContain(
      'refuses the client secrets in /sfmc/acme/client-secret and /sfmc/acme/client-secret-next',
    );
  });
});

describe('ProviderUnavailable', () => {
  const unavailable = { do: 'fail', code: 'ProviderUnavailable' } as const;

  it('says of one refusal that it is no verdict yet, and what was said', async () => {
    const run = (await startSeededWorld()).run();

    const error = failure(run, unavailable, factsOf(refusing(['current'], { count: 1 })));

    expect(error).toMatchObject({
      name: 'ProviderUnavailable',
      message:
        'Connection "acme": Marketing Cloud has refused the refresh token once (HTTP 401, ' +
        'errorcode 1). One refusal is no verdict: the next invocation asks again.',
    });
  });

  it('says of an answer without refresh token that the next invocation asks for one', async () => {
    const run = (await startSeededWorld()).run();

    const error = failure(run, unavailable, factsOf({ lacksSuccessor: true }));

    expect(error).toMatchObject({
      name: 'ProviderUnavailable',
      message: expect.stringContaining('gave an access token and no refresh token'),
    });
  });
});

describe('StoreUnavailable', () => {
  it('names the escrow that may hold what is newer than a refused token', async () => {
    const run = (await startSeededWorld()).run();

    const error = failure(run, { do: 'fail', code: 'StoreUnavailable' }, factsOf());

    expect(error).toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining(
        'whether a newer one is in /sfmc/acme/escrow cannot be read',
      ),
    });
  });

  it('names the permission and another way if the queue takes no message', async () => {
    const run = (await startSeededWorld()).run();
    const denied = Object.assign(new Error('canary'), { name: 'AccessDenied' });

    const error = followUpNotSent(run, denied);

    expect(error).toMatchObject({
      name: 'StoreUnavailable',
      message:
        'Connection "acme": its queue does not take a message (AccessDenied), which would go on if ' +
        'this invocation died. Nothing was sent. Check sqs:SendMessage of the function, or send the ' +
        'rotation through the queue: npm run ops -- rotate acme --force',
    });
  });
});

describe('ChainBroken', () => {
  it('names the refused tokens, since when, why that may be, and the command that repairs it', async () => {
    const run = (await startSeededWorld()).run();
    const refused = ['current', 'previous'];

    const error = failure(run, { do: 'fail', code: 'ChainBroken' }, factsOf(refusing(refused)));

    expect(error).toMatchObject({
      name: 'ChainBroken',
      message:
        'Connection "acme": Marketing Cloud accepts the client credentials and none of the stored ' +
        'refresh tokens since 2026-11-24T08:00:00.000Z (HTTP 401, errorcode 1). The stored one was ' +
        `issued at 2026-11-24T07:38:00.000Z. Refused (SHA-256): ${refused.map(fingerprint).join(', ')}. ` +
        'They are asked about again every 20 minutes. Either somebody revoked the chain or used it ' +
        'elsewhere, or one login was seeded into two connections, or the package was changed. What ' +
        'to do, step by step: npm run ops -- recover acme',
      refusedTokens: refused.map(fingerprint),
    });
  });

  it('counts no token that was refused once only', async () => {
    const run = (await startSeededWorld()).run();

    const error = chainBroken(run, factsOf(refusing(['current'], { count: 1 })));

    expect(error.message).toContain('Refused (SHA-256): none.');
  });

  it('keeps saying since when it was found', async () => {
    const world = await startSeededWorld();
    const first = chainBroken(world.run(), factsOf());
    world.clock.advance(90 * minuteMs);

    const later = chainBroken(world.run(), factsOf());

    expect(later.message).toBe(first.message);
  });

  it.each([
    ['nothing is stored', versionOf(notSeeded)],
    ['none is known', versionOf(seeded('current'), { createdAtMs: 0 })],
  ])('says nothing of a time of issue if %s', async (_, current) => {
    const run = (await startSeededWorld()).run();

    const error = chainBroken(run, factsOf({ current }));

    expect(error.message).toContain('08:00:00.000Z. Refused (SHA-256): none.');
  });
});

it('a first use that is left to the next message says that nothing was sent', () => {
  expect(new LeftToNextMessage('acme')).toMatchObject({
    name: 'DeadlineExceeded',
    message: expect.stringContaining('Nothing was sent; the next message begins it.'),
  });
});

it.each([
  ['NotSeeded', 'the secret team/acme '],
  ['CredentialsRejected', ' /team/sfmc/acme/client-secret '],
  ['StoreUnavailable', ' /team/sfmc/acme/escrow '],
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
  const facts = factsOf({ current: versionOf(content), ...refusing(['canary-token']) });
  const codes = [
    'NotSeeded',
    'CredentialsRejected',
    'ProviderUnavailable',
    'StoreUnavailable',
    'ChainBroken',
  ] as const;

  const errors = codes.map((code) => failure(run, { do: 'fail', code }, facts));

  expect(errors.map(String).join('\n')).not.toMatch(/canary|first-secret/);
});

describe('what the next invocation goes on with', () => {
  const failed = async (
    code: Parameters<typeof failure>[1]['code'],
    facts: Parameters<typeof factsOf>[0] = {},
  ) => failure((await startSeededWorld()).run(), { do: 'fail', code }, factsOf(facts));

  it('is the confirmation of what was not brought cleanly', async () => {
    expect(await failed('DeadlineExceeded')).toMatchObject({
      name: 'DeadlineExceeded',
      message:
        'Connection "acme": no refresh of this invocation was clean. What the last one brought is ' +
        'stored, and the next invocation confirms it.',
    });
  });

  it('is the successor that did not come', async () => {
    expect(await failed('ProviderUnavailable', { lacksSuccessor: true })).toMatchObject({
      name: 'ProviderUnavailable',
      message:
        'Connection "acme": Marketing Cloud gave an access token and no refresh token. The access ' +
        'token is stored beside the refresh token that was sent, and the next invocation asks for ' +
        'a new one.',
    });
  });

  it('is a token that was refused once, whatever is known of that', async () => {
    const { message } = await failed('ProviderUnavailable', {
      current: versionOf(seeded('other')),
    });

    expect(message).toContain('has refused the refresh token once (a refusal). One refusal is no');
  });

  it('is another version of the secret that could not be read', async () => {
    const { message } = await failed('StoreUnavailable', { listFailed: true });

    expect(message).toContain('a newer one is in another version of sfmc/acme cannot be read');
  });
});

it('client secrets that nothing was said of are refused without a reason', async () => {
  const run = (await startSeededWorld()).run();

  const { message } = failure(run, { do: 'fail', code: 'CredentialsRejected' }, factsOf());

  expect(message).toContain('for the clientId in /sfmc/acme/config. No refresh token was lost.');
});
