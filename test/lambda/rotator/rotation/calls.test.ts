import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs, startMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';
import { answeringAfter } from './invocations';

const rotationCalls = [
  'GetSecretValue',
  'GetParameters',
  'POST /v1/requestToken?legacy=1',
  'PutSecretValue',
];

/** How many requests have arrived at the servers. */
const arrived = ({ aws, provider }: LocalWorld) => aws.calls.length + provider.requests.length;

describe('the calls of an invocation, counted as they leave and as they arrive', () => {
  it('are one while the token is fresh', async () => {
    const world = await startSeededWorld();
    await world.rotate();
    world.clearRequests();
    const before = arrived(world);
    world.clock.advance(19 * minuteMs);

    const result = await world.rotate();

    expect(result.outcome).toBe('fresh');
    expect(world.requests).toEqual(['GetSecretValue']);
    expect(arrived(world) - before).toBe(1);
    expect(world.chainState()).toEqual(whole);
  });

  it('are four for a rotation', async () => {
    const world = await startDueWorld();
    const before = arrived(world);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.requests).toEqual(rotationCalls);
    expect(arrived(world) - before).toBe(4);
    expect(world.chainState()).toEqual(whole);
  });

  it('are four for the first rotation, from a seeded secret', async () => {
    const world = await startSeededWorld();

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.requests).toEqual(rotationCalls);
    expect(world.chainState()).toEqual(whole);
  });

  it('are four for a forced rotation', async () => {
    const world = await startSeededWorld();
    await world.rotate();
    world.clock.advance(minuteMs);
    world.clearRequests();

    const result = await world.rotate({ force: true });

    expect(result.outcome).toBe('rotated');
    expect([...world.requests].sort()).toEqual([...rotationCalls].sort());
    expect(world.chainState()).toEqual(whole);
  });
});

describe('a forced rotation of a token set', () => {
  it('that is younger than a minute finds it fresh, however often it is asked for', async () => {
    const world = await startSeededWorld();
    const { refreshToken } = world.stored.current();
    await world.rotate();
    const rotated = world.stored.versionOf('AWSCURRENT');
    world.clock.advance(59 * secondMs);
    world.clearRequests();

    for (let asked = 0; asked < 3; asked++) {
      const result = await world.rotate({ force: true });
      expect(result).toMatchObject({ outcome: 'fresh', versionId: rotated });
    }

    expect(world.requests.filter((name) => name.startsWith('POST'))).toEqual([]);
    expect(world.stored.current().refreshToken).not.toBe(refreshToken);
  });

  it('is done once by a message that comes again', async () => {
    const world = await startSeededWorld();
    await world.rotate();
    world.clock.advance(10 * minuteMs);
    const sentAtMs = world.clock.now();
    await world.rotate({ force: true, sentAtMs });
    world.clock.advance(30 * secondMs);
    const rotated = world.stored.versionOf('AWSCURRENT');

    await world.rotate({ force: true, sentAtMs });

    expect(world.stored.versionOf('AWSCURRENT')).toBe(rotated);
    expect(world.chainState()).toEqual(whole);
  });
});

describe('the first two calls', () => {
  /** The order in which the two reads begin and end. */
  async function readsOf(world: LocalWorld, event?: { force: boolean }): Promise<string[]> {
    const order: string[] = [];
    const noted = async <T>(name: string, read: () => Promise<T>): Promise<T> => {
      order.push(`${name} begins`);
      const value = await read();
      order.push(`${name} ends`);
      return value;
    };
    const { secretStore } = world.effects;
    const parameterStore = world.effects.parameterStore();
    await world.rotate(event, {
      secretStore: {
        ...secretStore,
        readCurrent: (id) => noted('secret', () => secretStore.readCurrent(id)),
      },
      parameterStore: () => ({
        ...parameterStore,
        read: (names) => noted('parameters', () => parameterStore.read(names)),
      }),
    });
    return order;
  }

  it('are made side by side when the environment remembers a token that is due', async () => {
    const world = await startSeededWorld();
    await world.rotate();
    world.clock.advance(25 * minuteMs);

    const reads = await readsOf(world);

    expect(reads.slice(0, 2)).toEqual(['secret begins', 'parameters begins']);
  });

  it('are made side by side when the rotation is forced', async () => {
    const world = await startDueWorld();

    const reads = await readsOf(world, { force: true });

    expect(reads.slice(0, 2)).toEqual(['secret begins', 'parameters begins']);
  });

  it('are made one after the other in an environment that knows nothing', async () => {
    const world = await startDueWorld();

    const reads = await readsOf(world);

    expect(reads.slice(0, 3)).toEqual(['secret begins', 'secret ends', 'parameters begins']);
  });

  it('are all if another invocation has rotated meanwhile', async () => {
    const world = await startSeededWorld();
    await world.rotate();
    world.clock.advance(25 * minuteMs);
    const remembering = world.invocation().memory;
    world.startNewEnvironment();
    await world.rotate();
    world.clearRequests();

    const result = await world.rotate({}, { memory: remembering });

    expect(result.outcome).toBe('fresh');
    expect([...world.requests].sort()).toEqual(['GetParameters', 'GetSecretValue']);
    expect(world.chainState()).toEqual(whole);
  });

  it('do not fail for parameters that a fresh token does not need', async () => {
    const world = await startSeededWorld();
    await world.rotate();
    world.clock.advance(25 * minuteMs);
    const remembering = world.invocation().memory;
    world.startNewEnvironment();
    await world.rotate();
    world.aws.orderFault({ operation: 'GetParameters', kind: 'deny' });

    const result = await world.rotate({}, { memory: remembering });

    expect(result.outcome).toBe('fresh');
  });
});

describe('what an invocation reports', () => {
  it('is the connection, what was done, until when the token lives and in which version', async () => {
    const world = await startSeededWorld();

    const result = await world.rotate();

    expect(result).toEqual({
      connection: 'acme',
      outcome: 'rotated',
      expiresAt: '2026-11-24T09:00:00.000Z',
      versionId: world.stored.versionOf('AWSCURRENT'),
    });
  });

  it('is logged, measured and counted', async () => {
    const world = await startDueWorld();
    world.telemetry.forget();

    const result = await world.rotate();
    world.clock.advance(10 * secondMs);
    await world.rotate();

    const { lines, gauges, counted } = world.telemetry;
    expect(lines[0]).toMatchObject({ message: 'Rotation finished', fields: result });
    expect(gauges).toEqual([
      { connection: 'acme', secondsToExpiry: 3_600, refreshTokenAgeSeconds: 0, durationMs: 0 },
      { connection: 'acme', secondsToExpiry: 3_590, refreshTokenAgeSeconds: 10, durationMs: 0 },
    ]);
    expect(counted).toEqual(['Rotated']);
  });

  it('counts the life of the token from when it was asked for, however late the answer is', async () => {
    const world = await startDueWorld();
    const sentAtMs = world.clock.now();

    const result = await world.rotate({}, answeringAfter(world, 6 * secondMs));

    expect(world.clock.now() - sentAtMs).toBe(6 * secondMs);
    expect(result).toMatchObject({ expiresAt: new Date(sentAtMs + 60 * minuteMs).toISOString() });
    expect(world.stored.current()).toMatchObject({
      issuedAt: new Date(sentAtMs).toISOString(),
      expiresAt: new Date(sentAtMs + 60 * minuteMs).toISOString(),
    });
  });

  it('stores a token set that any reader understands', async () => {
    const world = await startSeededWorld();

    await world.rotate();

    const { url } = world.provider;
    expect(world.stored.current()).toEqual({
      accessToken: expect.any(String),
      legacyToken: expect.any(String),
      refreshToken: expect.any(String),
      issuedAt: new Date(startMs).toISOString(),
      expiresAt: '2026-11-24T09:00:00.000Z',
      restBaseUrl: url,
      soapBaseUrl: `${url}/Service.asmx`,
    });
  });
});
