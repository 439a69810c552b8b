import type { Facts } from '../../../lambda/core/facts';
import { Redacted } from '../../../lambda/core/redacted';
import type { Exchanged } from '../../../lambda/rotator/exchange';
import {
  adopt,
  withParameters,
  withRefusedToken,
  withVerdict,
} from '../../../lambda/rotator/learn';
import type { ParametersRead } from '../../../lambda/rotator/observe';
import type { Run } from '../../../lambda/rotator/run';
import { minuteMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';
import {
  deadRefusal,
  factsOf,
  fingerprint,
  firstSecret,
  held,
  issued,
  nowMs,
  parametersOf,
  refusing,
  stagedSecret,
  versionOf,
} from '../core/facts';

const startRun = async () => {
  const world = await startSeededWorld();
  return { world, run: world.run() };
};

describe('once the parameters were read', () => {
  const read = (overrides: Partial<ParametersRead> = {}): ParametersRead => ({
    parameters: parametersOf(),
    held: [],
    escrowPresent: false,
    ...overrides,
  });
  const remember = (run: Run) => {
    run.memory.refusals = refusing(['current']).refusals;
    run.memory.doubtedSecrets = new Set([firstSecret.fingerprint]);
    run.memory.credentialsRefusedSinceMs = nowMs;
  };

  it('they are known, with what is held elsewhere and what the environment knows of refusals', async () => {
    const { run } = await startRun();
    withParameters(run, factsOf(), read());
    remember(run);
    const parked = held('parked');
    const facts = factsOf({ held: [held('here')], parametersMissing: true, escrowUnknown: true });

    const after = withParameters(run, facts, read({ held: [parked], escrowPresent: true }));

    expect(after).toMatchObject({
      parameters: parametersOf(),
      parametersMissing: false,
      held: [...facts.held, parked],
      escrowPresent: true,
      escrowUnknown: false,
      credentialsRefusedSinceMs: nowMs,
    });
    expect([...after.refusals.keys()]).toEqual([fingerprint('current')]);
    expect([...after.doubtedSecrets]).toEqual([firstSecret.fingerprint]);
    expect([...run.progress.inEscrow]).toEqual([fingerprint('parked')]);
    expect(run.memory.parameters).toEqual(parametersOf());
  });

  it.each([
    ['another host', { authBaseUrl: 'https://b.auth.marketingcloudapis.com', clientId: 'id' }],
    ['another client id', { authBaseUrl: parametersOf().config.authBaseUrl, clientId: 'other' }],
  ])('refusals mean nothing any more at %s', async (_, changed) => {
    const { run } = await startRun();
    withParameters(run, factsOf(), read());
    remember(run);
    const parameters = {
      ...parametersOf(),
      config: { ...parametersOf().config, ...changed },
    };

    const after = withParameters(run, factsOf(), read({ parameters }));

    expect([after.refusals.size, after.doubtedSecrets.size]).toEqual([0, 0]);
    expect(after.credentialsRefusedSinceMs).toBeUndefined();
  });

  it('a client secret that nobody has doubted yet may be accepted', async () => {
    const { run } = await startRun();
    withParameters(run, factsOf(), read());
    remember(run);
    const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });

    const after = withParameters(run, factsOf(), read({ parameters }));

    expect(after.credentialsRefusedSinceMs).toBeUndefined();
  });

  it('an invocation stays to its end if the escrow has what is to be confirmed', async () => {
    const { run } = await startRun();

    withParameters(run, factsOf(), read({ held: [held('clean', { ageMs: minuteMs })] }));
    expect(run.progress.staysToDeadline).toBe(false);

    const entries = [held('clean'), held('open', { open: true, ageMs: minuteMs })];
    withParameters(run, factsOf(), read({ held: entries }));
    expect(run.progress.staysToDeadline).toBe(true);
  });

  it('the escrow is known no better if it could not be read', async () => {
    const { run } = await startRun();
    run.progress.inEscrow = new Set(['known']);

    const after = withParameters(run, factsOf(), read({ escrowUnknown: true }));

    expect(after.escrowUnknown).toBe(true);
    expect([...run.progress.inEscrow]).toEqual(['known']);
  });
});

describe('AWSCURRENT that was read again', () => {
  const learnt: Partial<Facts> = {
    force: true,
    isOwnCurrent: true,
    currentMayBeStale: true,
    markFailed: true,
    otherVersions: [],
    listed: [],
    unexplained: { token: new Redacted('current'), clientSecret: firstSecret, reason: 'why' },
  };

  it('is no longer doubtful if it has not moved, and nothing else has changed', async () => {
    const { world, run } = await startRun();
    const facts = factsOf(learnt);
    const current = versionOf(issued('current'), { stages: ['AWSCURRENT', 'SFMC_SENT'] });

    expect(adopt(run, facts, { current, isRecalled: true })).toEqual({
      ...facts,
      current,
      currentMayBeStale: false,
      isRecalled: true,
    });
    expect(world.telemetry.lines).toEqual([]);
  });

  it('is adopted if another invocation has published: what was asked for is done', async () => {
    const { world, run } = await startRun();
    const current = versionOf(issued('next'), { versionId: 'next' });

    expect(adopt(run, factsOf(learnt), { current, isRecalled: true })).toMatchObject({
      current,
      isRecalled: true,
      force: false,
      isOwnCurrent: false,
      currentMayBeStale: false,
      markFailed: false,
      otherVersions: undefined,
      listed: undefined,
      unexplained: undefined,
    });
    expect(world.telemetry.lines).toEqual([
      {
        level: 'info',
        message: 'Another invocation has published meanwhile; going on with its token set',
        fields: {},
      },
    ]);
  });
});

describe('what an answer says of a client secret', () => {
  const refused: Exchanged = { kind: 'refused', reason: 'HTTP 401, errorcode 1' };
  const granted: Exchanged = {
    kind: 'granted',
    grant: { accessToken: new Redacted('access'), expiresInMs: 1 },
    sentAtMs: nowMs,
    isOnlyUse: true,
  };
  const facts = factsOf({
    parameters: parametersOf({ clientSecrets: [firstSecret, stagedSecret] }),
  });

  it('is known to the invocation, and doubted by the environment as long as it is refused', async () => {
    const { run } = await startRun();

    const doubting = withVerdict(run, facts, firstSecret, refused);
    expect(doubting).toMatchObject({ lastRefusal: 'HTTP 401, errorcode 1' });
    expect([...doubting.secretVerdicts]).toEqual([[firstSecret.fingerprint, 'refused']]);
    expect([...doubting.doubtedSecrets]).toEqual([firstSecret.fingerprint]);
    expect([...run.memory.doubtedSecrets]).toEqual([firstSecret.fingerprint]);

    const trusting = withVerdict(run, doubting, firstSecret, granted);
    expect(trusting.lastRefusal).toBe('HTTP 401, errorcode 1');
    expect([...trusting.secretVerdicts]).toEqual([[firstSecret.fingerprint, 'accepted']]);
    expect([...trusting.doubtedSecrets]).toEqual([]);
    expect([...run.memory.doubtedSecrets]).toEqual([]);
  });

  it('counts from when every stored one was first refused, until one is accepted', async () => {
    const { world, run } = await startRun();
    const sinceMs = world.clock.now();

    const one = withVerdict(run, facts, firstSecret, refused);
    expect(one.credentialsRefusedSinceMs).toBeUndefined();
    const both = withVerdict(run, one, stagedSecret, refused);
    expect(both.credentialsRefusedSinceMs).toBe(sinceMs);
    world.clock.advance(minuteMs);
    expect(withVerdict(run, both, firstSecret, refused).credentialsRefusedSinceMs).toBe(sinceMs);
    expect(withVerdict(run, both, stagedSecret, granted).credentialsRefusedSinceMs).toBeUndefined();
    expect(run.memory.credentialsRefusedSinceMs).toBeUndefined();
  });
});

it('a refusal of a refresh token is counted by the environment, and in the round of requests', async () => {
  const { run } = await startRun();
  const token = new Redacted('current');

  const once = withRefusedToken(run, factsOf(), token, 'HTTP 401, errorcode 1');
  const twice = withRefusedToken(run, once, token, deadRefusal.reason);

  expect([...once.refusedInRound]).toEqual([[token.fingerprint, 1]]);
  expect([...twice.refusedInRound]).toEqual([[token.fingerprint, 2]]);
  expect(twice.refusals.get(token.fingerprint)).toMatchObject({
    count: 2,
    reason: deadRefusal.reason,
  });
  expect(run.memory.refusals).toBe(twice.refusals);
});
