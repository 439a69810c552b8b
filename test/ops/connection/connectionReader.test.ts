import { Readable, Writable } from 'node:stream';
import { createContext } from '../../../ops/context';
import { deployFleet } from '../support/fleet';
import { install } from '../support/installed';
import { startOpsWorld } from '../support/opsWorld';

/** A reader of a Region with one connection, and what has been asked of AWS. */
async function startReading() {
  const world = await startOpsWorld();
  install(world);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const streams = { stdin: Readable.from([]), stdout: nowhere, stderr: nowhere };
  const options = { local: true, endpointUrl: world.aws.url };
  const { region } = createContext(options, { streams, env: {}, clock: world.clock });
  const asked = () => world.aws.calls.map(({ operation }) => operation);
  return { world, region, asked };
}

describe('a reader of a connection', () => {
  it('asks for nothing before it is wanted, and for each thing once', async () => {
    const { region, asked } = await startReading();
    const reader = region.connection('acme');
    expect(asked()).toEqual([]);

    await Promise.all([reader.schedule.value(), reader.schedule.reading(), reader.token.value()]);
    await reader.keeper.value();
    await reader.keeper.reading();

    expect(asked().sort()).toEqual([
      ...['DescribeSecret', 'GetSchedule', 'GetSecretValue', 'ListEventSourceMappings'],
    ]);
  });

  it('sees what has changed only if it is a new one', async () => {
    const { world, region } = await startReading();
    const earlier = region.connection('acme');
    await earlier.secret.value();

    world.aws.secretsManager.deleteSecret({ SecretId: 'sfmc/acme', RecoveryWindowInDays: 7 });

    expect((await earlier.secret.value())?.deletionAtMs).toBeUndefined();
    expect((await region.connection('acme').secret.value())?.deletionAtMs).toBeGreaterThan(0);
  });

  it('shares what connections have in common', async () => {
    const { world, region, asked } = await startReading();
    deployFleet(world);

    for (const name of ['acme', 'beta']) await region.connection(name).keeper.reading();
    await Promise.all([region.fleet.value(), region.fleet.reading()]);

    expect(asked().filter((operation) => operation === 'GetParameter')).toHaveLength(1);
  });

  it('says why something cannot be read, each time, and asks once', async () => {
    const { world, region, asked } = await startReading();
    await world.aws.close();
    const { schedule } = region.connection('acme');

    const why = expect.stringContaining('AWS could not be reached');
    expect(await schedule.reading()).toMatchObject({ known: false, denied: false, why });
    expect(await schedule.reading()).toMatchObject({ known: false, denied: false, why });
    await expect(schedule.value()).rejects.toThrow();
    expect(asked()).toEqual([]);
  });
});
