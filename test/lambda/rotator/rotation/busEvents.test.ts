import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { recordEvents, refreshedUnseen } from './invocations';

const rotationIn = (world: LocalWorld) => ({
  connection: 'acme',
  expiresAt: world.stored.current().expiresAt,
  versionId: world.stored.versionOf('AWSCURRENT'),
});

async function startBrokenWorld(): Promise<LocalWorld> {
  const world = await startDueWorld();
  world.provider.model.revokeChain(world.provider.refreshToken);
  return world;
}

describe('on the event bus', () => {
  it('nothing is said of a plain rotation, nor of a fresh token', async () => {
    const world = await startDueWorld();
    const { events, sent } = recordEvents();

    await world.rotate({}, { events });
    await world.rotate({}, { events });

    expect(sent).toEqual([]);
  });

  it('each plain rotation is put if that is asked for', async () => {
    const world = await startDueWorld();
    const bus = recordEvents();
    const settings = { ...world.invocation().settings, putsRotatedEvents: true };
    const invocation = { events: bus.events, settings };

    await world.rotate({}, invocation);
    await world.rotate({}, invocation);

    expect(bus.sent).toEqual([{ outcome: 'rotated', ...rotationIn(world) }]);
  });

  it('a recovery is put', async () => {
    const world = await startDueWorld();
    const bus = recordEvents();
    world.stored.put(refreshedUnseen(world, world.stored.current().refreshToken), ['ELSEWHERE']);
    world.clock.advance(6 * minuteMs);

    await world.rotate({}, bus);

    expect(bus.sent).toEqual([{ outcome: 'recovered', ...rotationIn(world) }]);
  });

  it('a broken chain is put once, not by every message that finds it so', async () => {
    const world = await startBrokenWorld();
    const bus = recordEvents();

    for (let tick = 0; tick < 4; tick++) {
      await expect(world.rotate({}, bus)).rejects.toMatchObject({ code: 'ChainBroken' });
      world.clock.advance(minuteMs);
    }

    expect(bus.sent).toEqual([
      {
        connection: 'acme',
        outcome: 'broken',
        brokenSince: expect.stringMatching(/^2026-11-24T08:25:/),
      },
    ]);
  });

  it('it is put once though it is asked about again every 20 minutes', async () => {
    const world = await startBrokenWorld();
    const bus = recordEvents();

    for (let tick = 0; tick < 3; tick++) {
      await expect(world.rotate({}, bus)).rejects.toMatchObject({ code: 'ChainBroken' });
      world.clock.advance(21 * minuteMs);
    }

    expect(bus.sent.map(({ outcome }) => outcome)).toEqual(['broken']);
  });

  it('that it is whole again is put with since when it was broken', async () => {
    const world = await startBrokenWorld();
    const bus = recordEvents();
    await expect(world.rotate({}, bus)).rejects.toMatchObject({ code: 'ChainBroken' });
    world.clock.advance(minuteMs);
    const refreshToken = world.provider.model.startChain('user', world.clock.now());
    world.stored.put({ refreshToken });

    await world.rotate({}, bus);

    const [broken, ...more] = bus.sent;
    expect(broken?.outcome).toBe('broken');
    expect(more).toEqual([
      { outcome: 'whole', ...rotationIn(world), brokenSince: broken?.brokenSince },
    ]);
  });

  it('a reissued chain is put', async () => {
    const world = await startBrokenWorld();
    const { url: authBaseUrl, clientId } = world.provider;
    world.stored.configure({ authBaseUrl, clientId, onBrokenChain: 'reissue' });
    const bus = recordEvents();

    await world.deliver({ keepsEnvironment: true }, bus);

    expect(bus.sent.map(({ outcome }) => outcome)).toContain('reissued');
    expect(bus.sent.at(-1)).toMatchObject(rotationIn(world));
  });

  it('what cannot be put undoes nothing, and is logged', async () => {
    const world = await startDueWorld();
    world.stored.put(refreshedUnseen(world, world.stored.current().refreshToken), ['ELSEWHERE']);
    world.clock.advance(6 * minuteMs);
    const denied = Object.assign(new Error('canary'), { name: 'AccessDenied' });

    const result = await world.rotate({}, { events: { put: () => Promise.reject(denied) } });

    expect(result.outcome).toBe('recovered');
    expect(world.telemetry.lines).toContainEqual({
      level: 'warn',
      message: 'The event bus did not take an event',
      fields: { outcome: 'recovered', problem: 'AccessDenied' },
    });
    expect(world.said()).not.toContain('canary');
    expect(world.chainState()).toEqual(whole);
  });
});
