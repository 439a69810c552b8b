import { Redacted } from '../../../../lambda/core/redacted';
import type { RemoveResult } from '../../../../ops/commands/remove/remove';
import { minuteMs } from '../../../support/simulatedClock';
import { installInFleet } from '../../support/fleet';
import { schedule, storeToken } from '../../support/installed';
import type { OpsWorld } from '../../support/opsWorld';
import { changes, names, park, remove, startFleetWorld } from '../../support/removal';

const dayMs = 24 * 60 * minuteMs;

const left = (world: OpsWorld) =>
  world.aws.parameterStore
    .getParameters({ Names: Object.values(names), WithDecryption: false })
    .Parameters.map(({ Name }) => Name);
const secretOf = (world: OpsWorld) =>
  world.aws.secretsManager.describeSecret({ SecretId: 'sfmc/acme' });

describe('ops remove', () => {
  it('takes a connection of a fleet out of the registry first, and its secret before the rest', async () => {
    const world = await startFleetWorld();
    world.stored().putParameter('client-secret-next', world.nextSecret());

    const ran = await remove(world);

    expect(ran.exitCode).toBe(0);
    expect(changes(world)).toEqual([
      `DeleteParameter ${names.config}`,
      'DeleteSecret sfmc/acme',
      `DeleteParameter ${names.clientSecret}`,
      `DeleteParameter ${names.staged}`,
    ]);
    const { url, clientId } = world.provider;
    const deletionAt = new Date(world.clock.now() + 30 * dayMs).toISOString();
    expect(ran.json()).toEqual({
      account: '123456789012',
      region: 'us-east-1',
      connection: 'acme',
      outcome: 'removed',
      removed: [names.config, 'sfmc/acme', names.clientSecret, names.staged],
      secret: { id: 'sfmc/acme', deletionAt },
      undo: [
        'aws secretsmanager restore-secret --secret-id sfmc/acme',
        `npm run ops -- seed acme --auth-base-url ${url} --client-id ${clientId}`,
      ],
    });
    expect(left(world)).toEqual([]);
  });

  it('waits between config and secret for longer than a rotation may take', async () => {
    const world = await startFleetWorld();

    await remove(world);

    const at = (name: string) =>
      world.aws.calls.find(
        ({ operation, names: [first] }) => operation.startsWith('Delete') && first === name,
      )?.atMs ?? 0;
    expect(at('sfmc/acme') - at(names.config)).toBeGreaterThan(40_000);
  });

  it('is undone by the commands that it prints', async () => {
    const world = await startFleetWorld();
    const before = world.stored().current();
    const { undo } = (await remove(world)).json<RemoveResult>();
    const [, seed = ''] = undo;
    const seedAgain = [...seed.split(' ').slice(4), '--stdin'];
    const document = JSON.stringify({ clientSecret: world.provider.clientSecret });

    const early = await world.run(seedAgain, document);
    world.aws.secretsManager.restoreSecret({ SecretId: 'sfmc/acme' });
    const ran = await world.run([...seedAgain, '--json'], document);

    expect(early.exitCode).toBe(3);
    expect(early.stderr).toContain('is marked for deletion');
    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({ outcome: 'completed', rotatedBy: 'fleet' });
    expect(world.stored().current()).toEqual(before);
    expect(left(world)).toEqual([names.clientSecret, names.config]);
  });

  it('deletes the schedule of its own before all else', async () => {
    const world = await startFleetWorld();
    schedule(world);

    const ran = await remove(world);

    expect(ran.json<RemoveResult>().removed[0]).toBe('sfmc-acme');
    expect(changes(world).slice(0, 2)).toEqual([
      'DeleteSchedule sfmc-acme',
      `DeleteParameter ${names.config}`,
    ]);
  });

  it('leaves a schedule alone whose cut name is that of another connection', async () => {
    const world = await startFleetWorld();
    const [long, other] = [`${'a'.repeat(60)}1`, `${'a'.repeat(60)}2`];
    installInFleet(world, long);
    schedule(world, { connection: other });

    const ran = await world.run(['remove', long, '--yes', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(changes(world).filter((change) => change.startsWith('DeleteSchedule'))).toEqual([]);
  });

  it('puts a token set that is parked into the secret before that is deleted', async () => {
    const world = await startFleetWorld();
    const { refreshToken } = park(world);

    const ran = await remove(world);

    expect(ran.exitCode).toBe(0);
    expect(left(world)).toEqual([]);
    world.aws.secretsManager.restoreSecret({ SecretId: 'sfmc/acme' });
    expect(world.stored().current()).toMatchObject({ refreshToken });
  });

  it('puts the newest of several that are parked into the secret, open as it is', async () => {
    const world = await startFleetWorld();
    const fingerprint = (token = '') => new Redacted(token).fingerprint;
    const parked = {
      ...park(world),
      parent: fingerprint(world.stored().current().refreshToken),
    };
    const next = {
      ...parked,
      refreshToken: world.nextSecret(),
      open: true,
      parent: fingerprint(parked.refreshToken),
    };
    const escrow = [next, parked];
    world.stored().putParameter('escrow', JSON.stringify(escrow));

    const ran = await remove(world);

    expect(ran.exitCode).toBe(0);
    expect(left(world)).toEqual([]);
    world.aws.secretsManager.restoreSecret({ SecretId: 'sfmc/acme' });
    expect(world.stored().current()).toMatchObject({ refreshToken: next.refreshToken });
    expect(world.stored().versionOf('SFMC_OPEN')).toBe(world.stored().versionOf('AWSCURRENT'));
  });

  it('takes nothing out of the queue, and says that it ends by itself', async () => {
    const world = await startFleetWorld();

    const ran = await remove(world);

    expect(ran.stderr).toContain('end by themselves, within 20 minutes');
    expect(world.aws.calls.filter(({ service }) => service === 'sqs')).toEqual([]);
  });

  it('finds what a rotation parks that was under way when the config was deleted', async () => {
    const world = await startFleetWorld();
    const before = world.stored().current();
    const late = storeToken(world, { agoMs: -1_000 });
    world.stored().put(before);
    const { clock } = world;
    const sleep = clock.sleep.bind(clock);
    jest.spyOn(clock, 'sleep').mockImplementation(async (ms) => {
      await sleep(ms);
      if (ms > 40_000) world.stored().putParameter('escrow', JSON.stringify(late));
    });

    const ran = await remove(world);

    expect(ran.exitCode).toBe(0);
    world.aws.secretsManager.restoreSecret({ SecretId: 'sfmc/acme' });
    expect(world.stored().current()).toMatchObject({ refreshToken: late.refreshToken });
    expect(left(world)).toEqual([]);
  });

  it('only deletes a token set in the escrow that is no newer', async () => {
    const world = await startFleetWorld();
    const before = world.stored().current();
    world.stored().putParameter('escrow', JSON.stringify(before));

    const ran = await remove(world);

    expect(ran.json<RemoveResult>().removed).toContain(names.escrow);
    expect(changes(world).filter((change) => change.startsWith('PutSecretValue'))).toEqual([]);
  });

  it('leaves secret and escrow alone if Secrets Manager does not take the token set', async () => {
    const world = await startFleetWorld();
    const parked = park(world);
    const end = world.aws.orderFault({
      kind: 'deny',
      operation: 'PutSecretValue',
      calls: 'untilCancelled',
    });

    const denied = await remove(world);
    const escrow = world.stored().escrow();
    end();
    const again = await remove(world);

    expect([denied.exitCode, again.exitCode]).toEqual([5, 0]);
    expect(escrow).toBe(JSON.stringify(parked));
    world.aws.secretsManager.restoreSecret({ SecretId: 'sfmc/acme' });
    expect(world.stored().current()).toMatchObject({ refreshToken: parked.refreshToken });
  });

  it.each([
    ['DeleteSchedule', 0],
    ['DeleteParameter', 0],
    ['DeleteSecret', 0],
    ['DeleteParameter', 1],
    ['DeleteParameter', 2],
    ['DeleteParameter', 3],
  ])('ends what an interruption at %s left, %d calls later', async (operation, earlier) => {
    const world = await startFleetWorld();
    schedule(world);
    world.stored().putParameter('client-secret-next', world.nextSecret());
    const { refreshToken } = park(world);
    let calls = 0;
    const model = operation.endsWith('Parameter') ? world.aws.parameterStore : undefined;
    const fault = { kind: 'deny', operation, calls: 'untilCancelled' } as const;
    let end = () => {};
    if (model && earlier > 0) {
      const deleteParameter = model.deleteParameter.bind(model);
      jest.spyOn(model, 'deleteParameter').mockImplementation((input) => {
        calls += 1;
        if (calls === earlier) end = world.aws.orderFault(fault);
        return deleteParameter(input);
      });
    } else end = world.aws.orderFault(fault);

    const interrupted = await remove(world);
    end();
    jest.restoreAllMocks();
    const again = await remove(world);
    const thirdly = await remove(world);

    expect([interrupted.exitCode, again.exitCode, thirdly.exitCode]).toEqual([5, 0, 0]);
    expect(thirdly.json()).toMatchObject({ removed: [], secret: { id: 'sfmc/acme' } });
    expect(left(world)).toEqual([]);
    world.aws.secretsManager.restoreSecret({ SecretId: 'sfmc/acme' });
    expect(world.stored().current()).toMatchObject({ refreshToken });
  });

  it('gives the recovery window that is asked for', async () => {
    const world = await startFleetWorld();

    const ran = await world.run(['remove', 'acme', '--yes', '--recovery-days', '7']);

    expect(ran.stdout).toMatch(
      /^Removed acme\.\nThe secret sfmc\/acme is deleted for good .*in [67] days/,
    );
    expect(ran.stdout).toContain('\n  aws secretsmanager restore-secret --secret-id sfmc/acme\n');
    expect(secretOf(world).DeletedDate).toBeLessThan((world.clock.now() + 7 * dayMs) / 1_000 + 1);
  });

  it.each(['6', '31', '7.5', 'x'])('does not understand a recovery window of %s', async (days) => {
    const world = await startFleetWorld();

    const ran = await remove(world, '--recovery-days', days);

    expect(ran.exitCode).toBe(2);
    expect(changes(world)).toEqual([]);
  });

  it('reads no client secret', async () => {
    const world = await startFleetWorld();
    const getParameters = jest.spyOn(world.aws.parameterStore, 'getParameters');

    await remove(world);

    const decrypted = getParameters.mock.calls.filter(([input]) => input.WithDecryption);
    expect(new Set(decrypted.flatMap(([input]) => input.Names))).toEqual(new Set([names.escrow]));
  });
});
