import type { Facts } from '../../../lambda/core/facts';
import { versionIdOf } from '../../../lambda/core/lineage';
import { Redacted } from '../../../lambda/core/redacted';
import type { StoredVersion } from '../../../lambda/core/tokenSet';
import { probeCredentials, refresh, reissue } from '../../../lambda/rotator/askProvider';
import { readCurrent } from '../../../lambda/rotator/observe';
import { refusal } from '../../../local/provider/answers';
import type { LocalWorld } from '../../support/localWorld';
import { startSeededWorld } from '../../support/startWorld';
import { factsOf, fingerprint, issued, notSeeded, parametersOf, versionOf } from '../core/facts';

/** What is known before the first refresh token is sent. */
async function startAsking(overrides: Partial<Facts> = {}) {
  const world = await startSeededWorld();
  const run = world.run();
  const { url, clientId, clientSecret, refreshToken } = world.provider;
  const secret = new Redacted(clientSecret);
  const parameters = parametersOf({ authBaseUrl: url, clientSecrets: [secret] });
  const facts = factsOf({
    current: await readCurrent(run),
    parameters: { ...parameters, config: { ...parameters.config, clientId } },
    ...overrides,
  });
  return { world, run, facts, secret, token: new Redacted(refreshToken) };
}

type Asking = Awaited<ReturnType<typeof startAsking>>;

const send = ({ run, facts, secret, token }: Asking, isDirty = false, refreshToken = token) =>
  refresh(run, facts, {
    do: 'refresh',
    refreshToken,
    clientSecret: secret,
    isDirty,
    outcome: 'rotated',
  });

const reason = 'HTTP 401, errorcode 1 (the client credentials or the refresh token are refused)';
const refuse = ({ provider }: LocalWorld) =>
  provider.orderFault({ kind: 'exchange', takenUp: 'never', answer: refusal(401, 1) });

describe('a refresh token that is sent', () => {
  it('is noted with when it may have been taken up, and its secret as accepted', async () => {
    const asking = await startAsking();

    const after = await send(asking);

    expect(after.uses.get(asking.token.fingerprint)).toEqual({
      isDirty: false,
      possiblyUsedAtMs: asking.world.clock.now(),
    });
    expect(after.secretVerdicts.get(asking.secret.fingerprint)).toBe('accepted');
    expect(after.current.stages).toEqual(['AWSCURRENT']);
  });

  it.each([
    ['it may have been sent before', true, 0],
    ['its first answer was lost', false, 1],
  ])('brings what is to be confirmed if %s', async (_, isDirty, lost) => {
    const asking = await startAsking();
    if (lost > 0) asking.world.provider.orderFault({ kind: 'dropAfter' });

    const after = await send(asking, isDirty);

    expect(after.current.stages).toEqual(['AWSCURRENT', 'SFMC_OPEN']);
  });

  it('and refused is explained before it counts, its secret doubted meanwhile', async () => {
    const asking = await startAsking();
    const { world, run, secret, token } = asking;
    run.memory.doubtedSecrets = new Set(['another']);
    refuse(world);

    const after = await send(asking, true);

    expect(after).toMatchObject({
      currentMayBeStale: true,
      unexplained: { token, clientSecret: secret, reason },
    });
    expect(after.uses.get(token.fingerprint)).toEqual({ isDirty: true });
    expect([...run.memory.doubtedSecrets]).toEqual(['another', secret.fingerprint]);
    expect(run.memory.refusals.size).toBe(0);
  });

  describe('and refused leaves no time to explain that', () => {
    const refusedBy = async (
      paceMs: number,
      { open = true, timeMs = 40_000 }: { open?: boolean; timeMs?: number } = {},
    ) => {
      const asking = await startAsking();
      const { world, facts } = asking;
      const stages = open ? ['AWSCURRENT', 'SFMC_OPEN'] : ['AWSCURRENT'];
      const current = { ...facts.current, stages, createdAtMs: facts.nowMs };
      const run = world.run({ timeMs });
      run.progress.providerMs = paceMs;
      refuse(world);
      const { isInHaste } = await send({ ...asking, run, facts: { ...facts, current } });
      return isInHaste;
    };

    it('if an open end is refused and no three requests more fit in', async () => {
      expect(await refusedBy(11_666)).toBe(false);
      expect(await refusedBy(11_667)).toBe(true);
      expect(await refusedBy(11_667, { open: false })).toBe(false);
    });

    it('by a provider that takes more than 8 seconds for a request, not by a late one', async () => {
      expect(await refusedBy(8_000, { timeMs: 20_000 })).toBe(false);
      expect(await refusedBy(8_001, { timeMs: 20_000 })).toBe(true);
    });
  });

  it('and refused after an answer that was lost may have been used', async () => {
    const asking = await startAsking();
    const sentAtMs = asking.world.clock.now();
    asking.world.provider.orderFault({ kind: 'dropBefore' });
    refuse(asking.world);

    const after = await send(asking);

    expect(after.uses.get(asking.token.fingerprint)).toEqual({
      isDirty: false,
      possiblyUsedAtMs: sentAtMs,
    });
  });

  it('keeps what is known of an earlier use when it is refused', async () => {
    const use = { isDirty: true, possiblyUsedAtMs: 1 };
    const asking = await startAsking();
    const uses = new Map([[asking.token.fingerprint, use]]);
    refuse(asking.world);

    const after = await send({ ...asking, facts: { ...asking.facts, uses } });

    expect(after.uses.get(asking.token.fingerprint)).toEqual(use);
  });

  it('counts as refused at once by a secret that this round has accepted, if it is not the first', async () => {
    const asking = await startAsking();
    const { world, facts, secret, token } = asking;
    const accepted = { secretVerdicts: new Map([[secret.fingerprint, 'accepted' as const]]) };
    const round = { refusedInRound: new Map([['another', 1]]) };
    const sendWith = async (known: Partial<Facts>) => {
      refuse(world);
      const after = await send({ ...asking, facts: { ...facts, ...known } });
      return { isCounted: after.refusedInRound.has(token.fingerprint), after };
    };

    expect((await sendWith(accepted)).isCounted).toBe(false);
    expect((await sendWith(round)).isCounted).toBe(false);
    const { isCounted, after } = await sendWith({ ...accepted, ...round });
    expect(isCounted).toBe(true);
    expect(after.unexplained).toBeUndefined();
    expect(after.currentMayBeStale).toBe(true);
  });
});

it('a successor that would add nothing to what is stored is asked for once', async () => {
  const asking = await startAsking();
  const { world, facts, token } = asking;
  const extended = {
    ...issued('current', { ageMs: 0 }),
    refreshToken: token,
    refreshTokenIssuedAtMs: 0,
  };
  const nothing = { ...facts, current: versionOf(extended) };
  world.provider.orderFault({ kind: 'noRefreshToken' });

  const after = await send({ ...asking, facts: nothing });

  expect(after.lacksSuccessor).toBe(true);
  expect(world.tokenRequests()).toHaveLength(1);
});

describe('for a delivery that cannot read the secret an environment remembers', () => {
  const child = (parent: StoredVersion, name: string): StoredVersion => {
    const version = versionOf(issued(name), { stages: [] });
    return { ...version, versionId: versionIdOf(parent.versionId, version.text.reveal()) };
  };
  const remembered = async (prepare: (asking: Asking) => Partial<Facts>, sent?: Redacted) => {
    const asking = await startAsking();
    const facts = { ...asking.facts, ...prepare(asking) };
    refuse(asking.world);
    await send({ ...asking, facts }, false, sent);
    return asking.run.memory.inUse.map(({ versionId }) => versionId);
  };

  it('AWSCURRENT, the version that was used and what they came of, three at most', async () => {
    const [root, stranger] = ['root', 'stranger'].map((versionId) =>
      versionOf(issued(versionId), { versionId }),
    ) as [StoredVersion, StoredVersion];
    const second = child(root, 'second');
    const third = child(second, 'third');
    const fourth = child(third, 'fourth');
    const ids = (...versions: StoredVersion[]) => versions.map(({ versionId }) => versionId);

    expect(
      await remembered(({ run }) => {
        run.memory.inUse = [second, stranger, root];
        return { current: third };
      }),
    ).toEqual(ids(third, second, root));
    expect(
      await remembered(({ run }) => {
        run.memory.inUse = [third, second, root];
        return { current: fourth };
      }),
    ).toEqual(ids(fourth, third, second));
    expect(
      await remembered(({ run }) => {
        run.memory.inUse = [third, second];
        return { current: third, otherVersions: [stranger, root] };
      }, new Redacted('root')),
    ).toEqual(ids(third, root, second));
    expect(
      await remembered(({ run }) => {
        run.memory.inUse = [third, second];
        return { current: fourth, otherVersions: [versionOf(notSeeded), third] };
      }, new Redacted('third')),
    ).toEqual(ids(fourth, third, second));
  });
});

describe('client credentials that are asked about', () => {
  it('are accepted, so that the token was refused', async () => {
    const { run, facts, secret, token } = await startAsking();
    const unexplained = { token, clientSecret: secret, reason: 'why' };

    const after = await probeCredentials(run, { ...facts, unexplained }, secret);

    expect(after.unexplained).toBeUndefined();
    expect(after.secretVerdicts.get(secret.fingerprint)).toBe('accepted');
    expect(after.refusals.get(token.fingerprint)).toMatchObject({ count: 1, reason: 'why' });
  });

  it('are refused, so that nothing is known of the token', async () => {
    const { world, run, facts, secret, token } = await startAsking();
    const unexplained = { token, clientSecret: secret, reason: 'why' };
    refuse(world);

    const after = await probeCredentials(run, { ...facts, unexplained }, secret);

    expect(after.unexplained).toBeUndefined();
    expect(after.secretVerdicts.get(secret.fingerprint)).toBe('refused');
    expect(after.refusals.size).toBe(0);
  });

  it('explain nothing that was refused with others', async () => {
    const { run, facts, secret, token } = await startAsking();
    const unexplained = { token, clientSecret: new Redacted('other'), reason: 'why' };

    const after = await probeCredentials(run, { ...facts, unexplained }, secret);

    expect(after.unexplained).toEqual(unexplained);
    expect(after.refusals.size).toBe(0);
  });
});

describe('a new chain', () => {
  it('is published clean, as the answer to no token', async () => {
    const { world, run, facts, secret } = await startAsking();

    const after = await reissue(run, facts, secret);

    expect(after).toMatchObject({ outcome: 'reissued', current: { stages: ['AWSCURRENT'] } });
    expect(after.secretVerdicts.get(secret.fingerprint)).toBe('accepted');
    expect(world.stored.current().refreshToken).not.toBe(world.provider.refreshToken);
  });

  it('is not begun if the credentials are refused', async () => {
    const { world, run, facts, secret } = await startAsking();
    refuse(world);

    const after = await reissue(run, facts, secret);

    expect(after).toMatchObject({ outcome: undefined, lastRefusal: reason });
    expect(after.secretVerdicts.get(secret.fingerprint)).toBe('refused');
    expect(fingerprint(world.stored.current().refreshToken ?? '')).toBe(
      fingerprint(world.provider.refreshToken),
    );
  });
});
