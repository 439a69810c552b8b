import type { Check } from '../../../../ops/commands/doctor/check';
import { minuteMs } from '../../../support/simulatedClock';
import { install, printingFunction, storeToken } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

async function twinsIn(world: OpsWorld, ...names: string[]) {
  const ran = await world.run(['doctor', ...names, '--json']);
  const { checks } = ran.json<{ checks: Check[] }>();
  return checks
    .filter(({ id }) => id === 'twins')
    .map(({ connection, verdict, detail }) => ({ connection, verdict, detail }));
}

async function startTwins(): Promise<OpsWorld> {
  const world = await startOpsWorld({ function: printingFunction });
  install(world);
  install(world, 'beta');
  install(world, 'gamma');
  world.clock.advance(minuteMs);
  return world;
}
const both = expect.stringMatching(/^"(acme" and "beta|beta" and "acme)" have one and the same/);

describe('ops doctor', () => {
  it('finds one login that was seeded into two connections, and names both', async () => {
    const world = await startTwins();
    world.stored('beta').put(world.stored().current());

    expect(await twinsIn(world)).toMatchObject([
      { connection: 'acme', verdict: 'fail', detail: both },
      { connection: 'beta', verdict: 'fail', detail: both },
      { connection: 'gamma', verdict: 'ok' },
    ]);
  });

  it('finds it though one of the two is a rotation ahead', async () => {
    const world = await startTwins();
    world.stored('beta').put(world.stored().current());
    storeToken(world);

    expect(await twinsIn(world)).toMatchObject([
      { verdict: 'fail', detail: both },
      { verdict: 'fail', detail: both },
      { verdict: 'ok' },
    ]);
  });

  it('looks at the other connections of the package for the sake of one', async () => {
    const world = await startTwins();
    world.stored('beta').put(world.stored().current());
    world.stored('gamma').put(world.stored().current());
    world.stored('gamma').configure({ authBaseUrl: world.provider.url, clientId: 'other' });

    expect(await twinsIn(world, 'acme')).toMatchObject([{ verdict: 'fail', detail: both }]);
    expect(JSON.stringify(await twinsIn(world, 'acme'))).not.toContain('gamma');
  });

  it('goes on if others may not be read', async () => {
    const world = await startOpsWorld({
      function: printingFunction,
      authorize: ({ action, resource }) =>
        action !== 'secretsmanager:GetSecretValue' || !resource.includes('sfmc/beta'),
    });
    install(world);
    install(world, 'beta');

    expect(await twinsIn(world, 'acme')).toMatchObject([{ verdict: 'ok' }]);
  });
});
