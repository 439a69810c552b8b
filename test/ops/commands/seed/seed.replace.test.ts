import { versionIdOf } from '../../../../lambda/core/lineage';
import { Redacted } from '../../../../lambda/core/redacted';
import { minuteMs, secondMs, startMs } from '../../../support/simulatedClock';
import type { StoredTokenSet } from '../../../support/storedConnection';
import { storeToken } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const replace = (world: OpsWorld) =>
  world.run(
    ['seed', 'acme', '--stdin', '--replace', '--json'],
    JSON.stringify({ refreshToken: world.provider.refreshToken }),
  );
const isLive = ({ provider, clock }: OpsWorld, { refreshToken = '' }: StoredTokenSet) =>
  provider.model.accepts(refreshToken, clock.now() + 10 * minuteMs);

/** A chain that is there already, and what happens each time that the command waits. */
async function startReplacing(...during: readonly ((world: OpsWorld) => void)[]) {
  const world = await startOpsWorld();
  const old = storeToken(world);
  const oldVersionId = world.stored().versionOf('AWSCURRENT') ?? '';
  world.clock.advance(secondMs);
  const sleep = world.clock.sleep;
  let waits = 0;
  Object.assign(world.clock, {
    async sleep(ms: number) {
      if (ms >= 40 * secondMs) during[waits++]?.(world);
      await sleep(ms);
    },
  });
  return { world, old, oldVersionId };
}

/** Writes a token set as a rotation does which follows that version. */
function rotateFrom(
  world: OpsWorld,
  parentVersionId: string,
  tokenSet: StoredTokenSet,
  stages?: string[],
): string {
  const text = JSON.stringify(tokenSet);
  const versionId = versionIdOf(parentVersionId, text);
  world.aws.secretsManager.putSecretValue({
    SecretId: 'sfmc/acme',
    ClientRequestToken: versionId,
    SecretString: text,
    VersionStages: stages,
  });
  return versionId;
}

/** A successor that the provider has issued for what AWSCURRENT, or `from`, holds. */
function successorOf(world: OpsWorld, from: StoredTokenSet = world.stored().current()) {
  const { provider, clock } = world;
  const { body } = provider.model.requestToken(
    {
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      refreshToken: from.refreshToken ?? '',
      accessType: 'offline',
      legacy: true,
    },
    clock.now(),
  );
  if (!('accessToken' in body)) throw new Error('The provider issued no token.');
  const { accessToken, refreshToken = '' } = body;
  return { ...from, accessToken, refreshToken, issuedAt: new Date(clock.now()).toISOString() };
}

describe('ops seed --replace', () => {
  it('marks where a person began the chain, waits for what may be under way, and clears the escrow', async () => {
    const { world, old } = await startReplacing();
    world.stored().putParameter('escrow', JSON.stringify({ ...old, parent: '12345678' }));

    const ran = await replace(world);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({
      outcome: 'seeded',
      versionId: world.stored().versionOf('SFMC_SEEDED'),
    });
    expect(world.stored().versionOf('AWSCURRENT')).toBe(world.stored().versionOf('SFMC_SEEDED'));
    expect(isLive(world, world.stored().current())).toBe(true);
    expect(world.stored().escrow()).toBeUndefined();
    expect(world.clock.now() - startMs).toBeGreaterThan(40 * secondMs);
    expect(ran.stderr).toContain('Waiting 45 s for a rotation that may be under way');
  });

  it('does not wait if there was no chain', async () => {
    const world = await startOpsWorld();

    const ran = await replace(world);

    expect(ran.exitCode).toBe(0);
    expect(world.clock.now()).toBe(startMs);
  });

  it('puts AWSCURRENT back if a rotation of the old chain has been stored over it', async () => {
    const rotation: { versionId?: string } = {};
    const { world, old, oldVersionId } = await startReplacing((during) => {
      rotation.versionId = rotateFrom(during, oldVersionId, successorOf(during, old));
    });

    const ran = await replace(world);

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toContain('AWSCURRENT was put back');
    expect(world.stored().versionOf('AWSCURRENT')).toBe(ran.json().versionId);
    expect(world.stored().versionOf('AWSCURRENT')).toBe(world.stored().versionOf('SFMC_SEEDED'));
    expect(world.stored().versionOf('AWSPREVIOUS')).toBe(rotation.versionId);
  });

  it('waits once more for a rotation that began with what had been stored over it', async () => {
    const parent: { versionId?: string } = {};
    const { world, old, oldVersionId } = await startReplacing(
      (during) => {
        parent.versionId = rotateFrom(during, oldVersionId, successorOf(during, old));
      },
      (during) => {
        rotateFrom(during, parent.versionId ?? '', successorOf(during, old));
        during.stored().putParameter('escrow', JSON.stringify({ ...old, parent: '12345678' }));
      },
    );
    const startedAtMs = world.clock.now();

    const ran = await replace(world);

    expect(ran.exitCode).toBe(0);
    expect(world.stored().versionOf('AWSCURRENT')).toBe(world.stored().versionOf('SFMC_SEEDED'));
    expect(world.stored().escrow()).toBeUndefined();
    expect(world.clock.now() - startedAtMs).toBeGreaterThanOrEqual(3 * 45 * secondMs);
    expect(ran.stderr).not.toContain('not certain');
  });

  it('says that nothing is certain if one rotation after another stores the old chain', async () => {
    const again = (during: OpsWorld) => {
      rotateFrom(during, crypto.randomUUID(), successorOf(during, old));
    };
    const { world, old } = await startReplacing(again, again, again, again, again);

    const ran = await replace(world);

    expect(ran.stderr).toContain('Whether the new chain is in use is not certain');
  });

  it('leaves in AWSCURRENT what rotations have made of the new chain meanwhile', async () => {
    const { world } = await startReplacing((during) => {
      const next = rotateFrom(
        during,
        during.stored().versionOf('AWSCURRENT') ?? '',
        successorOf(during),
      );
      rotateFrom(during, next, successorOf(during));
    });

    const ran = await replace(world);

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).not.toContain('put back');
    expect(world.stored().versionOf('AWSCURRENT')).not.toBe(ran.json().versionId);
    expect(isLive(world, world.stored().current())).toBe(true);
  });

  it('goes back to the newest of the new chain, and not to a refresh token that is spent', async () => {
    const made: { descendant?: string } = {};
    const { world, old, oldVersionId } = await startReplacing((during) => {
      const next = successorOf(during);
      const seededId = during.stored().versionOf('AWSCURRENT') ?? '';
      made.descendant = rotateFrom(during, seededId, next);
      rotateFrom(during, oldVersionId, successorOf(during, old));
    });

    await replace(world);

    expect(world.stored().versionOf('AWSCURRENT')).toBe(made.descendant);
    expect(isLive(world, world.stored().current())).toBe(true);
  });

  it('takes a copy that Secrets Manager’s own rotation has made for the new chain as well', async () => {
    const { world } = await startReplacing((during) => {
      during.stored().put(during.stored().current());
    });

    const ran = await replace(world);

    expect(ran.stderr).not.toContain('put back');
  });

  it('brings the label of an open end back together with AWSCURRENT', async () => {
    const { world, old, oldVersionId } = await startReplacing((during) => {
      const stages = ['AWSCURRENT', 'SFMC_OPEN'];
      rotateFrom(during, oldVersionId, successorOf(during, old), stages);
    });
    world.provider.orderFault({ kind: 'dropAfter' });

    const ran = await replace(world);

    const versionId = ran.json<{ versionId: string }>().versionId;
    expect(world.stored().stages()[versionId]).toEqual(
      expect.arrayContaining(['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SEEDED']),
    );
  });

  it('keeps in the escrow what came of the new chain, and nothing else', async () => {
    const kept: { set?: StoredTokenSet } = {};
    const { world, old } = await startReplacing((during) => {
      const { fingerprint } = new Redacted(during.stored().current().refreshToken ?? '');
      kept.set = successorOf(during);
      const rival = { ...old, refreshToken: during.nextSecret(), parent: '12345678' };
      const escrow = JSON.stringify([rival, { ...kept.set, open: true, parent: fingerprint }]);
      during.stored().putParameter('escrow', escrow);
    });

    await replace(world);

    expect(JSON.parse(world.stored().escrow() ?? '')).toMatchObject({
      refreshToken: kept.set?.refreshToken,
      open: true,
    });
  });

  it('says so if it cannot make sure of it', async () => {
    const { world } = await startReplacing(({ aws }) => {
      aws.orderFault({ kind: 'deny', operation: 'ListSecretVersionIds', calls: 'untilCancelled' });
    });

    const ran = await replace(world);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({ outcome: 'seeded' });
    expect(ran.stderr).toMatch(/not certain.*recover acme/s);
  });

  it('leaves the old chain in place if the new refresh token is refused', async () => {
    const { world, old } = await startReplacing();

    const ran = await world.run(
      ['seed', 'acme', '--stdin', '--replace'],
      JSON.stringify({ refreshToken: 'wrong-token' }),
    );

    expect(ran.exitCode).toBe(3);
    expect(world.stored().current()).toEqual(old);
    expect(world.clock.sleptMs).toEqual([]);
  });
});
