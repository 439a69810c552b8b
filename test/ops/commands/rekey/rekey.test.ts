import { randomUUID } from 'node:crypto';
import { accountId } from '../../../../local/aws/account';
import { dayMs } from '../../../../ops/terminal/text';
import { parameter, writes } from '../../support/clientSecrets';
import { examine } from '../../support/examine';
import { deployFleet, installInFleet } from '../../support/fleet';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const keyArn = (digit: number) =>
  `arn:aws:kms:us-east-1:${accountId}:key/0a1b2c3d-1111-2222-3333-${String(digit).repeat(12)}`;
const [earlier, present] = [keyArn(1), keyArn(2)];

const clientSecret = '/sfmc/acme/client-secret';

/** A fleet whose connection was written under one key, and that was deployed with another one since. */
async function prepare(
  kmsKeyArn: string | 'none' = present,
  options: Parameters<typeof startOpsWorld>[0] = {},
) {
  const world = await startOpsWorld(options);
  deployFleet(world, kmsKeyArn === 'none' ? {} : { kmsKeyArn });
  // A key is there once something names it.
  world.aws.secretsManager.createSecret({
    Name: 'other',
    ClientRequestToken: randomUUID(),
    KmsKeyId: present,
  });
  installInFleet(world);
  underEarlierKey(world, 'acme');
  return world;
}

function underEarlierKey({ aws, provider }: OpsWorld, connection: string) {
  const SecretId = `sfmc/${connection}`;
  // What comes after that is under this key alone.
  aws.secretsManager.updateSecret({
    SecretId,
    KmsKeyId: earlier,
    ClientRequestToken: randomUUID(),
  });
  for (const refreshToken of ['FIRST', 'SECOND']) put(aws, SecretId, refreshToken);
  aws.parameterStore.putParameter({
    Name: `/sfmc/${connection}/client-secret`,
    Value: provider.clientSecret,
    Type: 'SecureString',
    KeyId: earlier,
    Overwrite: true,
  });
}

function put({ secretsManager }: OpsWorld['aws'], SecretId: string, refreshToken: string) {
  return secretsManager.putSecretValue({
    SecretId,
    ClientRequestToken: randomUUID(),
    SecretString: JSON.stringify({ refreshToken }),
  }).VersionId;
}

const keyOf = ({ aws }: OpsWorld, name: string) =>
  aws.parameterStore.describeParameters({ ParameterFilters: [{ Key: 'Name', Values: [name] }] })
    .Parameters[0]?.KeyId;

const versionsOf = ({ aws }: OpsWorld) =>
  aws.secretsManager.listSecretVersionIds({ SecretId: 'sfmc/acme', IncludeDeprecated: true })
    .Versions;

/** The keys of AWSCURRENT. */
const currentKeys = (world: OpsWorld) =>
  versionsOf(world).find(({ VersionStages }) => VersionStages?.includes('AWSCURRENT'))?.KmsKeyIds;

/** So much later that no rotation would look into what has no label. */
function live(world: OpsWorld) {
  world.clock.advance(2 * dayMs);
  for (let count = 0; count < 20; count++) put(world.aws, 'sfmc/acme', `LATER-${count}`);
}

describe('ops rekey', () => {
  it('writes secret and client secret under the present key, with every value as it was', async () => {
    const world = await prepare();
    const before = world.stored().current();

    const ran = await world.run(['rekey', 'acme', '--json']);
    const again = await world.run(['rekey', 'acme']);

    expect(ran.json()).toMatchObject({
      isDryRun: false,
      connections: [
        {
          name: 'acme',
          key: present,
          written: [
            { what: clientSecret, keys: [earlier] },
            { what: 'sfmc/acme', keys: [earlier] },
          ],
        },
      ],
    });
    expect(world.stored().current()).toEqual(before);
    expect(currentKeys(world)).toEqual([earlier, present]);
    expect(keyOf(world, clientSecret)).toBe(present);
    expect(parameter(world, 'client-secret')).toBe(world.provider.clientSecret);
    expect(again.stdout).not.toContain('is now under');
  });

  it('is preceded and followed by a doctor who names each key with what it locks', async () => {
    const world = await prepare();
    world.stored().putParameter('client-secret-next', 'STAGED', 'SecureString');
    const foundOf = async () => (await examine(world)).found('earlier-key');

    const before = await foundOf();
    await world.run(['rekey', 'acme']);
    const after = await foundOf();

    expect(before).toMatchObject([{ verdict: 'ok' }]);
    for (const locked of [clientSecret, 'sfmc/acme, version .* \\(AWSCURRENT\\)']) {
      expect(before[0]?.detail).toMatch(new RegExp(`^${earlier} locks .*${locked}`));
    }
    expect(before[0]?.detail).not.toContain('client-secret-next');
    expect(after).toEqual([]);
  });

  it('goes back to the keys of AWS if the customer key was dropped', async () => {
    const world = await prepare('none');

    const ran = await world.run(['rekey', 'acme']);

    expect(ran.stdout).toContain(`${clientSecret} is now under`);
    expect(currentKeys(world)).toEqual([earlier, 'DefaultEncryptionKey']);
    expect(keyOf(world, clientSecret)).toBe('alias/aws/ssm');
  });

  it('changes nothing with --dry-run, and says what it would', async () => {
    const world = await prepare();

    const ran = await world.run(['rekey', 'acme', '--dry-run']);

    expect(ran.stdout).toContain(
      `sfmc/acme would be written under ${present}, was under ${earlier}`,
    );
    expect(ran.stdout).toContain('Nothing was changed.');
    expect(writes(world)).toEqual([]);
    expect(currentKeys(world)).toEqual([earlier]);
  });

  it('is done once no version that a rotation looks into is under the earlier key', async () => {
    const world = await prepare();
    const first = await world.run(['rekey', 'acme']);
    live(world);

    const later = await world.run(['rekey', 'acme']);

    expect(first).toMatchObject({
      exitCode: 4,
      stdout: expect.stringMatching(/version .* is under .* until newer ones take its place/),
    });
    expect(later).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(
        `1 connection has nothing under another key than the present one, ${present}.`,
      ),
    });
  });

  it('leaves a salvaged token where it is, and says so', async () => {
    const world = await prepare();
    world.stored().put({ refreshToken: 'SALVAGED' }, ['SFMC_SALVAGED']);

    await world.run(['rekey', 'acme']);
    live(world);
    const ran = await world.run(['rekey', 'acme']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toMatch(/\(SFMC_SALVAGED\) is under .* until a new chain is seeded/);
    expect(world.stored().salvaged()).toBe('SALVAGED');
  });

  it("forgets a seed's label once nothing is there that it keeps out", async () => {
    const world = await prepare();
    world.stored().put({ refreshToken: 'SEEDED' }, ['AWSCURRENT', 'SFMC_SEEDED']);
    live(world);

    const early = await world.run(['rekey', 'acme']);
    const kept = world.stored().versionOf('SFMC_SEEDED');
    // Secrets Manager deletes what is older then.
    for (const _ of Array(5)) live(world);
    const late = await world.run(['rekey', 'acme']);

    expect([early.exitCode, late.exitCode]).toEqual([4, 0]);
    expect(early.stdout).toMatch(/\(SFMC_SEEDED\) is under .* until older versions are gone/);
    expect(kept).toBeDefined();
    expect(world.stored().versionOf('SFMC_SEEDED')).toBeUndefined();
  });

  it('leaves an escrow to the rotator, whose own it is', async () => {
    const world = await prepare();
    const Value = '[]';
    const escrow = { Name: '/sfmc/acme/escrow', Type: 'SecureString', KeyId: earlier } as const;
    world.aws.parameterStore.putParameter({ ...escrow, Value });

    const ran = await world.run(['rekey', 'acme']);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toMatch(/escrow is under .* until a rotation empties it/);
    expect(world.stored().escrow()).toBe(Value);
  });

  describe('beside somebody who', () => {
    /** Does something once, right after the client secret was read. */
    function afterReading({ aws }: OpsWorld, act: () => void) {
      const { parameterStore } = aws;
      const read = parameterStore.getParameters.bind(parameterStore);
      let isDone = false;
      jest.spyOn(parameterStore, 'getParameters').mockImplementation((input) => {
        const answer = read(input);
        if (!isDone && input.WithDecryption) {
          isDone = true;
          act();
        }
        return answer;
      });
    }

    it('changes the client secret keeps the newer one', async () => {
      const world = await prepare();
      const newer = world.nextSecret();
      afterReading(world, () => world.stored().putParameter('client-secret', newer));

      const ran = await world.run(['rekey', 'acme', '--json']);

      expect(ran.json()).toMatchObject({
        connections: [{ written: [{ what: clientSecret }, {}] }],
      });
      expect(parameter(world, 'client-secret')).toBe(newer);
      expect(keyOf(world, clientSecret)).toBe(present);
    });

    it('deletes and makes it again keeps the newer one', async () => {
      const world = await prepare();
      const newer = world.nextSecret();
      afterReading(world, () => {
        world.stored().deleteParameter('client-secret');
        world.stored().putParameter('client-secret', newer);
      });

      await world.run(['rekey', 'acme']);

      expect(parameter(world, 'client-secret')).toBe(newer);
      expect(keyOf(world, clientSecret)).toBe(present);
    });

    it('deletes it brings it back to nobody', async () => {
      const world = await prepare();
      afterReading(world, () => world.stored().deleteParameter('client-secret'));

      await world.run(['rekey', 'acme']);

      expect(parameter(world, 'client-secret')).toBeUndefined();
    });

    it('rotates keeps the newer token set, which may come before and after it', async () => {
      const world = await prepare();
      const { secretsManager } = world.aws;
      const update = secretsManager.updateSecret.bind(secretsManager);
      let after: string | undefined;
      jest.spyOn(secretsManager, 'updateSecret').mockImplementation((input) => {
        expect(input.SecretString).toBeUndefined();
        put(world.aws, 'sfmc/acme', 'BEFORE');
        const answer = update(input);
        after = put(world.aws, 'sfmc/acme', 'AFTER');
        return answer;
      });

      await world.run(['rekey', 'acme']);

      expect(world.stored().current()).toEqual({ refreshToken: 'AFTER' });
      expect(world.stored().versionOf('AWSCURRENT')).toBe(after);
      expect(currentKeys(world)).toEqual([present]);
    });
  });

  it('goes through all connections, though one is denied', async () => {
    const world = await prepare(present, {
      authorize: ({ action, resource }) =>
        !(action === 'ssm:GetParameterHistory' && resource.includes('/sfmc/beta/')),
    });
    for (const name of ['beta', 'gamma']) {
      installInFleet(world, name);
      underEarlierKey(world, name);
    }

    const ran = await world.run(['rekey', '--json']);
    const alone = await world.run(['rekey', 'beta']);

    const { connections } = ran.json<{ connections: { name: string; problem?: string }[] }>();
    expect(ran.exitCode).toBe(4);
    expect(connections).toMatchObject([
      { name: 'acme', written: [{}, {}] },
      { name: 'beta', written: [], problem: expect.stringContaining('ssm:GetParameterHistory') },
      { name: 'gamma', written: [{}, {}] },
    ]);
    expect(alone).toMatchObject({ exitCode: 5, stdout: '' });
  });

  it('refuses a connection that there is not', async () => {
    const world = await prepare();

    expect(await world.run(['rekey', 'nobody'])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
